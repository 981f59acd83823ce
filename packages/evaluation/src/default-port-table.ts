/** The port table that answers are compared with unless another is given: what a table of ports alone would say. */
export const DEFAULT_PORT_TABLE = `order,when,ports,answer_core,answer_role
1,serves any of,5432 3306 1433 27017 6379 1521 9042,database,database
2,serves any of,9100 631 515,endpoint,printer
3,serves any of,2049 3260 548,storage,storage
4,serves any of,502 102 2404 20000,endpoint,industrial_controller
5,sends to any of,1985 3784 646 179 520,network_device,network_device
6,serves any of,88 389,server,directory_service
7,serves any of and accepted at least 3 and at least half as many as it opened,22 25 53 80 443 445 3128 8080 8443,server,server
8,opened at least 1,,workstation,workstation
9,otherwise,,unknown,unknown
`;
