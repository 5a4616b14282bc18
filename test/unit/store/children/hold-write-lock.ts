import Database from 'better-sqlite3';

/** Holds the write lock of a database for some milliseconds: `FILE MS`. */
const db = new Database(process.argv[2]);
db.exec('BEGIN IMMEDIATE');
process.stdout.write('held\n');
setTimeout(() => {
  db.exec('ROLLBACK');
  db.close();
}, Number(process.argv[3]));
