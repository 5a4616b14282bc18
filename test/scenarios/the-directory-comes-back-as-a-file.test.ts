import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { systemClock, systemIds } from '../../src/clock.ts';
import { directoryAt } from '../../src/exports/directory.ts';
import { type DirectoryCommand, decideDirectory } from '../../src/exports/directory-decide.ts';
import { isRefusal, sentence } from '../../src/exports/refusals.ts';
import { openLedger } from '../../src/store/index.ts';
import { load, SECRETS, WHOLE } from '../support/config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshline-owners-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () =>
  openLedger({ file: join(folder, 'meshline.db'), clock: systemClock, ids: systemIds(systemClock) });

async function meshline(...args: string[]) {
  const said: string[] = [];
  const env = {
    ...SECRETS,
    MESHLINE_CONFIG: join(folder, 'meshline.yml'),
    MESHLINE_DB: join(folder, 'meshline.db'),
  };
  const io = { out: (line: string) => said.push(line), err: (line: string) => said.push(line) };
  const code = await run(args, { env, ...io, input: async () => Buffer.alloc(0) });
  return { code, said: said.join('\n') };
}

function directoryOf(text: string) {
  const loaded = load(text, SECRETS);
  if (!loaded.ok) throw new Error('The file has faults.');
  return loaded.config.directory;
}

it('exports what was changed in Slack, takes it in again as the file, and says the same afterwards', async () => {
  writeFileSync(join(folder, 'meshline.yml'), WHOLE);
  const configured = directoryOf(WHOLE);
  const now = systemClock.now();
  const [[role, entry] = []] = [...configured.roles].filter(([, { members }]) => members.length > 1);
  const operator = configured.roles.get('engineering')?.default_owner;
  const second = entry?.members.find((id) => id !== entry.default_owner);
  const other = [...configured.people.keys()].find((id) => !entry?.members.includes(id));
  if (!role || !operator || !second || !other) throw new Error('The example has all of them.');
  const by = operator;
  const commands: DirectoryCommand[] = [
    { do: 'set_default_owner', by, role, person: second },
    { do: 'add_member', by, role, person: other },
    { do: 'set_backup', by, person: second, backup: other },
    { do: 'set_on_call', by, people: [other] },
    { do: 'go_out', by, person: second, from: now, until: null, note: null },
  ];
  const ledger = await open();
  for (const command of commands) {
    const done = await ledger.changeDirectory(now, (overlay) =>
      decideDirectory(overlay, command, configured, now),
    );
    if (isRefusal(done)) throw new Error(sentence(done));
  }
  const before = directoryAt(configured, await ledger.directory(), now);

  const file = join(folder, 'owners.yml');
  expect(await meshline('owners', 'export', file)).toMatchObject({ code: 0 });
  expect(await meshline('owners', 'import', file)).toMatchObject({
    code: 1,
    said: expect.stringContaining('Meshline is running on this ledger'),
  });
  expect(readFileSync(join(folder, 'meshline.yml'), 'utf8')).toBe(WHOLE);
  await ledger.close();
  expect(await meshline('owners', 'import', file)).toMatchObject({ code: 0 });

  const imported = directoryOf(readFileSync(join(folder, 'meshline.yml'), 'utf8'));
  expect(imported.roles.get(role)).toEqual({
    ...entry,
    members: [...(entry?.members ?? []), other],
    default_owner: second,
  });
  const again = await open();
  const overlay = await again.directory();
  expect(overlay).toMatchObject({ backups: {}, default_owners: {}, members: {}, on_call: null });
  expect(directoryAt(imported, overlay, now)).toEqual(before);
  expect((await again.directoryChanges()).at(-1)?.event).toEqual({ type: 'directory_imported', by: null });
  expect((await again.verify()).faults).toEqual([]);
  await again.close();
  expect((await meshline('owners', 'export', '-')).said).toBe(readFileSync(file, 'utf8').trimEnd());
});
