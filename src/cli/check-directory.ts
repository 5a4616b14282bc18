import type { Config } from '../config.ts';
import type { Catalog } from '../exports/define.ts';
import { backupsOf, type Directory, type PersonId } from '../exports/ownership.ts';
import { spoken } from '../exports/phrases.ts';
import { addressOf, reach } from '../sinks/reach.ts';
import { type Finding, fail, ok, warn } from './findings.ts';

const nameOf = (directory: Directory, id: PersonId) => directory.people.get(id)?.name ?? id;

/** Each role has an owner who is there, somebody behind them, and a channel; somebody is on call. */
export function checkDirectory(directory: Directory): Finding[] {
  const roles = [...directory.roles].map(([role, { default_owner, channel }]): Finding => {
    const at = `Role ${spoken(role)}`;
    if (default_owner === null) {
      return warn(`${at}: nobody owns it by default. Set roles.${role}.default_owner, or use /owners.`);
    }
    const owner = nameOf(directory, default_owner);
    const person = directory.people.get(default_owner);
    const behind = backupsOf(directory, default_owner);
    if (!person?.active && behind.length === 0) {
      return fail(`${at}: ${owner} is deactivated and has no backup. Name another owner in /owners.`);
    }
    if (!person?.active) return warn(`${at}: ${owner} is deactivated. Name another owner in /owners.`);
    const [backup] = behind;
    if (backup === undefined) {
      return warn(`${at}: ${owner} has no active backup, so nobody stands in. Set one in /owners.`);
    }
    const away = directory.away.get(default_owner);
    const now = away ? ` ${owner} ${away.reason}.` : '';
    return ok(`${at}: ${owner}, then ${nameOf(directory, backup)}, in ${channel}.${now}`);
  });
  const rota = directory.on_call.people.filter((id) => directory.people.get(id)?.active);
  const there = rota.filter((id) => !directory.away.has(id));
  const onCall =
    rota.length === 0
      ? fail('On-call: nobody of the rota is active, so pages reach only the channel. Set on_call.people.')
      : there.length === 0
        ? warn('On-call: everybody of the rota is out of office. Add somebody to on_call.people.')
        : ok(`On-call: ${there.map((id) => nameOf(directory, id)).join(', ')}.`);
  return [...roles, onCall];
}

/** Every type has a policy, or is said to run on its defaults. */
export function checkPolicies(config: Config, catalog: Catalog): Finding[] {
  const without = catalog.all().filter((type) => !config.policies.has(type.name));
  const all = catalog.all().length;
  return without.length === 0
    ? [ok(`Policies: all ${all} types have one.`)]
    : [
        warn(
          `Policies: ${without.map((type) => type.name).join(', ')} run on their defaults and go to no sink. Add them under policies.`,
        ),
      ];
}

/** Opens a connection to each sink whose address is known and closes it; nothing is sent. */
export async function checkSinks(config: Config): Promise<Finding[]> {
  const findings = await Promise.all(
    [...config.sinks.values()].flatMap(({ name, settings }) => {
      const address = addressOf(settings);
      if (!address) return [];
      return [
        reach(address.url, address.allow_private).then((problem) =>
          problem === null
            ? ok(`Sink ${name}: a connection opens.`)
            : warn(
                `Sink ${name}: ${problem}. Check its url and the network; exports wait and are tried again.`,
              ),
        ),
      ];
    }),
  );
  const rest = 'no secret was tried. "npm run meshline -- check --sinks" makes a harmless call to each.';
  return config.sinks.size === 0 ? findings : [...findings, ok(`Sinks: ${rest}`)];
}
