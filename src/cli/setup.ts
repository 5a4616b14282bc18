import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import {
  type Config,
  type Environment,
  loadConfig,
  readEnvironment,
  renderFault,
  type Variables,
} from '../config.ts';
import { createCatalog } from '../exports/catalog.ts';
import { SINK_KINDS } from '../sinks/registry.ts';
import { CommandFailed, type Terminal } from './terminal.ts';

function why(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (code === 'ENOENT') return 'it does not exist';
  if (code === 'EACCES') return 'this user may not read it';
  if (code === 'EISDIR') return 'it is a folder';
  return typeof code === 'string' ? code : 'it cannot be opened';
}

/** @throws CommandFailed */
export function readText(file: string, hint = 'Check the path.'): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandFailed(`${file} cannot be read: ${why(error)}. ${hint}`);
  }
}

/** A file, or what is piped in for `-`. @throws CommandFailed */
export async function readInput(terminal: Terminal, file: string): Promise<Buffer> {
  if (file === '-') return terminal.input();
  try {
    return await readFile(file);
  } catch (error) {
    throw new CommandFailed(
      `${file} cannot be read: ${why(error)}. Check the path, or use "-" for what is piped in.`,
    );
  }
}

/** @throws CommandFailed naming every variable that is wrong */
export function environmentOf(env: Variables): Environment {
  const read = readEnvironment(env);
  if (read.ok) return read.environment;
  throw new CommandFailed(read.faults.map((fault) => `${fault.variable}: ${fault.message}`).join('\n'));
}

const CONFIG_HINT = 'Set MESHLINE_CONFIG to your meshline.yml.';

export function configText(environment: Environment): string {
  return readText(environment.MESHLINE_CONFIG, CONFIG_HINT);
}

/** Loads a configuration text; a fault ends the command with all of them. @throws CommandFailed */
export function configOf(text: string, file: string, env: Variables): Config {
  const catalog = createCatalog();
  const loaded = loadConfig({ text, env, secrets: 'if_set', catalog, sinkKinds: SINK_KINDS });
  if (loaded.ok) return loaded.config;
  throw new CommandFailed(loaded.faults.map((fault) => renderFault(file, fault)).join('\n'));
}
