/**
 * Something wrong with an export that was received. `error` quarantines it; `warning` is shown to
 * whoever decides. `path` points into the envelope, e.g. `payload.lines.3.new_price`.
 */
export type Problem = {
  code: string;
  path: string;
  message: string;
  severity: 'error' | 'warning';
};

export function error(code: string, path: string, message: string): Problem {
  return { code, path, message, severity: 'error' };
}

export function warning(code: string, path: string, message: string): Problem {
  return { code, path, message, severity: 'warning' };
}
