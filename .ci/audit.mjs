// Asks the registry for known weaknesses of what Meshline runs with. Fails on a high or critical one; where the
// registry does not answer such questions, it says so and lets everything else go on.
import { spawnSync } from 'node:child_process';
import { exit, stdout } from 'node:process';

const asked = spawnSync('npm', ['audit', '--omit=dev', '--audit=true', '--json'], { encoding: 'utf8' });

/** The answer, or null where there is none. */
function answer() {
  try {
    return JSON.parse(asked.stdout);
  } catch {
    return null;
  }
}

const said = answer();
const counts = said?.metadata?.vulnerabilities;
if (!counts) {
  stdout.write('The registry does not tell known weaknesses here; npm audit was skipped.\n');
  exit(0);
}
const grave = counts.high + counts.critical;
stdout.write(`npm audit: ${counts.total} known weaknesses, ${grave} of them high or critical.\n`);
for (const [name, { severity }] of Object.entries(said.vulnerabilities))
  stdout.write(`  ${name}: ${severity}\n`);
exit(grave === 0 ? 0 : 1);
