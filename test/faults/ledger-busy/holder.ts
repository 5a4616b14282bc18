import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';

/** Another program that has the write lock of `FILE` for `MS` milliseconds, and says when it has it. */
const [file = '', ms = '0'] = process.argv.slice(2);

const db = new Database(file, { timeout: 5_000 });
db.exec('BEGIN IMMEDIATE');
writeSync(1, 'held\n');
await pause(Number(ms));
db.exec('ROLLBACK');
db.close();
