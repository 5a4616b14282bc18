import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtFullSpeed } from './writing.ts';

/** Writes to `FOLDER/meshline.db` and makes one backup after the other, `FOLDER/backup-N.db`, until it is killed. */
const [folder = ''] = process.argv.slice(2);
const { ledger } = await writeAtFullSpeed(join(folder, 'meshline.db'));
for (let n = 0; ; n += 1) {
  writeSync(1, `${n}\n`);
  await ledger.backup(join(folder, `backup-${n}.db`));
}
