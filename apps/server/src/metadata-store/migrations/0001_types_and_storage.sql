-- What drizzle-kit does not make from the schema: rows that come with the product, storage, and comments for whoever opens the database.

INSERT INTO asset_types (name, label, description, built_in) VALUES
	('unknown', 'Unknown', 'Not decided: too little traffic, or nothing that tells.', true),
	('server', 'Server', 'Serves applications to other hosts.', true),
	('workstation', 'Workstation', 'A person works at it: many destinations, few or no clients.', true),
	('database', 'Database', 'Serves a database protocol.', true),
	('load_balancer', 'Load balancer', 'Takes connections of many clients and passes them on to few servers.', true),
	('network_device', 'Network device', 'Router, switch, firewall, access point or controller.', true),
	('storage', 'Storage', 'Serves files or blocks.', true),
	('container', 'Container', 'One of many short-lived services that speak to each other.', true),
	('cloud_service', 'Cloud service', 'A service outside that many hosts here use.', true),
	('virtual_machine', 'Virtual machine', 'A general-purpose machine without one clear part.', true);
--> statement-breakpoint

-- Progress is written often: with room on the page, the new row stays where the old one was.
ALTER TABLE background_tasks SET (fillfactor = 70);
--> statement-breakpoint

COMMENT ON TABLE networks IS 'Address spaces: the same address in two networks is two hosts.';
--> statement-breakpoint
COMMENT ON TABLE exporters IS 'Devices that send flow records, and the network their records belong to.';
--> statement-breakpoint
COMMENT ON TABLE assets IS 'Hosts, one row for each address in a network. What stands behind the engine''s answer is in asset_evidence.';
--> statement-breakpoint
COMMENT ON COLUMN assets.asset_type IS 'What is in force: a person''s word, else the engine''s after its steadying. engine_type is what the engine said last.';
--> statement-breakpoint
COMMENT ON COLUMN assets.served_endpoints IS 'Protocol × 65536 + port, most clients first; served_clients has the clients of each at the same place.';
--> statement-breakpoint
COMMENT ON COLUMN assets.confirmed IS 'A person said so. The engine never changes the type of a confirmed asset.';
--> statement-breakpoint
COMMENT ON COLUMN assets.conversations IS 'Accepted conversations in the last look-back, as clients and servers are distinct addresses in it. Bytes are scaled by sampling.';
--> statement-breakpoint
COMMENT ON TABLE asset_evidence IS 'Counts, vector and reasons behind the engine''s last answer for an asset.';
--> statement-breakpoint
COMMENT ON COLUMN asset_evidence.vector IS 'Feature values in the order of feature_version''s catalogue; NULL is missing.';
--> statement-breakpoint
COMMENT ON TABLE classification_history IS 'Every change of the type in force, with what it rested on. Only added to.';
--> statement-breakpoint
COMMENT ON TABLE labels IS 'What people confirmed, with counts and vector as they stood then: the samples that training learns from.';
--> statement-breakpoint
COMMENT ON TABLE background_tasks IS 'Long work that users can watch. This table is the truth about it; a queue only wakes workers.';
--> statement-breakpoint
COMMENT ON TABLE ml_model_registry IS 'Models that can be active: the shipped one and those trained here.';
--> statement-breakpoint
COMMENT ON TABLE model_activations IS 'What was live, from when to when, by whom. The open row is the active model.';
--> statement-breakpoint
COMMENT ON TABLE imports IS 'Files taken in, by SHA-256 of their decompressed content. The id stands on every flow row of the file.';
--> statement-breakpoint
COMMENT ON COLUMN imports.owner IS 'Number of the process at work on it. While that process lives it holds the advisory lock (0x464c6f77, owner).';
--> statement-breakpoint
COMMENT ON TABLE asset_types IS 'What an asset can be: the nine core types, unknown, and what the customer added.';
--> statement-breakpoint
COMMENT ON TABLE rules IS 'What a user laid down: address range or served port to type. Weaker than a person, stronger than the model.';
--> statement-breakpoint
COMMENT ON TABLE users IS 'People who may log in. password_hash is Argon2id in PHC string format.';
--> statement-breakpoint
COMMENT ON TABLE api_tokens IS 'Tokens of programs. Only the SHA-256 of a token is kept.';
--> statement-breakpoint
COMMENT ON TABLE settings IS 'Settings that users change while FlowLens runs.';
