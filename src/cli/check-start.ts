import { systemClock } from '../clock.ts';
import type { Config, Environment } from '../config.ts';
import { admit, portTrouble, StartRefused } from '../refusals.ts';
import { lookBefore } from '../store/admit.ts';
import { type Finding, fail, ok, warn } from './findings.ts';

/** What a start would refuse because of this machine: its port, its clock, the head that was noted. */
export async function checkStart(config: Config, environment: Environment): Promise<Finding[]> {
  const { MESHLINE_HOST: host, MESHLINE_PORT: port, MESHLINE_DB: file } = environment;
  const taken = await portTrouble(host, port);
  return [
    taken
      ? warn(`Port: ${taken.message} It is as it should be while Meshline runs.`)
      : ok(`Port: ${port} of ${host} is free.`),
    ...checkHead(config.schedules.head?.file ?? null, file),
  ];
}

function checkHead(headFile: string | null, file: string): Finding[] {
  const admission = { clock: systemClock, trustClock: false, headFile, port: null };
  try {
    lookBefore(file, (found) => admit(admission, found));
    return headFile === null ? [] : [ok(`Head: the ledger holds the last one that ${headFile} notes.`)];
  } catch (error) {
    // What does not open as a ledger is told where the ledger is looked at.
    return error instanceof StartRefused ? [fail(`Ledger: ${error.message}`)] : [];
  }
}
