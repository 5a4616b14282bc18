/** One thing that a recorded process did, in the order in which they took effect. */
export type Act =
  | { what: 'opened'; fd: number; path: string; made: boolean }
  | { what: 'opened_folder'; fd: number; path: string }
  | { what: 'wrote'; fd: number; place: number; bytes: Buffer }
  | { what: 'truncated'; fd: number; length: number }
  | { what: 'synced'; fd: number }
  | { what: 'renamed'; from: string; to: string }
  | { what: 'linked'; from: string; to: string }
  | { what: 'removed'; path: string }
  | { what: 'made_folder'; path: string }
  | { what: 'printed'; text: string };

const HEAD_BYTES = 17;

/** Reads what shim.c wrote. Throws when a record is of no known kind. */
export function readActs(log: Buffer): Act[] {
  const acts: Act[] = [];
  for (let at = 0; at < log.length; ) {
    const kind = String.fromCharCode(log.readUInt8(at));
    const fd = log.readInt32LE(at + 1);
    const place = Number(log.readBigUInt64LE(at + 5));
    const end = at + HEAD_BYTES + log.readUInt32LE(at + 13);
    const bytes = log.subarray(at + HEAD_BYTES, end);
    acts.push(actOf(kind, fd, place, bytes));
    at = end;
  }
  return acts;
}

function actOf(kind: string, fd: number, place: number, bytes: Buffer): Act {
  const [path = '', to = ''] = 'WP'.includes(kind) ? [] : bytes.toString('utf8').split('\0');
  switch (kind) {
    case 'o':
      return { what: 'opened', fd, path, made: false };
    case 'O':
      return { what: 'opened', fd, path, made: true };
    case 'D':
      return { what: 'opened_folder', fd, path };
    case 'W':
      return { what: 'wrote', fd, place, bytes };
    case 'T':
      return { what: 'truncated', fd, length: place };
    case 'S':
      return { what: 'synced', fd };
    case 'R':
      return { what: 'renamed', from: path, to };
    case 'L':
      return { what: 'linked', from: path, to };
    case 'U':
      return { what: 'removed', path };
    case 'M':
      return { what: 'made_folder', path };
    case 'P':
      return { what: 'printed', text: bytes.toString('utf8') };
  }
  throw new Error(`The log of writes has a record of an unknown kind, ${kind}.`);
}
