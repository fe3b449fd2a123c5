export { dataFolder, findModel, modelFile, modelFolder, pulledModels } from "./model-folder.ts";
export { type PulledModel, type PullOptions, pullModel } from "./pull-model.ts";
