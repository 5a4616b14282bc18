import type { ConfigFile } from './house.ts';

/** The example without its safety checks, so that what arrives can be accepted at once. */
export function withoutStaging(file: ConfigFile): ConfigFile {
  for (const policy of Object.values(file.policies)) delete policy['staging'];
  delete file.sinks['oms_staging'];
  return file;
}
