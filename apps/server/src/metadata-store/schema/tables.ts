/** All tables, by meaning. `npm run generate:migration` compares them with the newest snapshot in ../migrations/meta. */
export { assetEvidence, assets } from "./assets.ts";
export { classificationHistory, labels } from "./decisions.ts";
export { imports, processNumbers } from "./imports.ts";
export { mlModelRegistry, modelActivations } from "./models.ts";
export { exporters, networks } from "./networks.ts";
export { settings } from "./settings.ts";
export { backgroundTasks } from "./tasks.ts";
export { assetTypes, rules } from "./types.ts";
export { apiTokens, users } from "./users.ts";
