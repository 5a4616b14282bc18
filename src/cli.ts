#!/usr/bin/env node
/** The command line's entry: `npm run meshline -- COMMAND`. */
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `Meshline needs Node 24 and this is ${process.version}. Use "npm run meshline -- ...", which brings its own.\n`,
  );
  process.exit(2);
}

const { buffer } = await import('node:stream/consumers');
const { run } = await import('./cli/run.ts');

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  out: (line) => console.log(line),
  err: (line) => console.error(line),
  input: () => buffer(process.stdin),
});
