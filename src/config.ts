export {
  type Environment,
  type EnvironmentFault,
  readEnvironment,
  type Variables,
} from './config/environment.ts';
export { type Fault, renderFault } from './config/faults.ts';
export { type Load, type Loaded, loadConfig } from './config/load.ts';
export type { Config, SinkConfig, SourceConfig } from './config/resolve.ts';
export { fileSchema, type SinkKinds } from './config/schema.ts';
