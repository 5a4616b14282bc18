import { type Clock, type Ids, systemClock, systemIds } from '../clock.ts';
import { chooseSource, postAs } from './send.ts';
import { configOf, configText, environmentOf, readInput } from './setup.ts';
import { CommandFailed, type ExitCode, type Terminal } from './terminal.ts';

/** `brief FILE|-`: sends a campaign's brief as a source that may send promos, and prints the answer. */
export async function brief(
  terminal: Terminal,
  file: string,
  wanted: string | undefined,
  clock: Clock = systemClock,
  ids: Ids = systemIds(clock),
): Promise<ExitCode> {
  const environment = environmentOf(terminal.env);
  const config = configOf(configText(environment), environment.MESHLINE_CONFIG, terminal.env);
  const body = (await readInput(terminal, file)).toString('utf8');
  try {
    JSON.parse(body);
  } catch {
    throw new CommandFailed(`${file} does not hold JSON.`);
  }
  const source = chooseSource(config, wanted, ['promo_activation']);
  const sent = { body, type: 'application/json', now: clock.now(), ids };
  const { status, text } = await postAs(source, environment, '/v1/campaigns', sent);
  if (text !== '') terminal.out(text);
  if (status < 300) return 0;
  terminal.err(`Meshline answered ${status}; nothing was taken.`);
  return 1;
}
