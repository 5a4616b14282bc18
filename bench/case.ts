import { CASES } from './cases.ts';

/** One case in a process of its own, so that none inherits another's heap or compiled code: `NAME [full]`. */
const [name = '', size] = process.argv.slice(2);
const run = CASES[name];
if (!run) throw new Error(`There is no case ${name}.`);
const figures = await run({ full: size === 'full' });
process.send?.(figures);
process.disconnect?.();
process.exit(0);
