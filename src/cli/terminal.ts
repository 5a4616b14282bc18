import type { Variables } from '../config.ts';

/** What a command may touch of the world around it. */
export type Terminal = {
  env: Variables;
  /** Ends of lines are added. */
  out(line: string): void;
  err(line: string): void;
  /** Everything that is piped in. */
  input(): Promise<Buffer>;
};

/** 0 when all is well, 1 when something is wrong, 2 when the command was not understood. */
export type ExitCode = 0 | 1 | 2;

/** Ends a command with a sentence for whoever typed it. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
