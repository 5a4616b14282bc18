import { existsSync } from 'node:fs';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { northwind } from '../../sandbox/company.ts';
import { PEOPLE } from '../support/house.ts';

const CANDIDATES = [
  process.env['MESHLINE_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Null when this machine has none of the usual ones and `MESHLINE_CHROMIUM` names none. */
export function chromiumPath(): string | null {
  return CANDIDATES.find((path) => path !== undefined && existsSync(path)) ?? null;
}

/** Headless, without sandboxing (containers) and without anything that calls home. */
export function launch(executablePath: string): Promise<Browser> {
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return chromium.launch({ executablePath, args });
}

export type Somebody = keyof typeof PEOPLE;
/** `#channel`, the app's two tabs, or the sample sinks. */
export type Somewhere = `#${string}` | 'home' | 'messages' | 'sinks';

function address(person: Somebody, place: Somewhere): string {
  const user = PEOPLE[person].slack;
  if (place === 'sinks') return `#${user}/sinks`;
  if (place === 'home' || place === 'messages') return `#${user}/app/${place}`;
  const channel = northwind.channels.find((each) => `#${each.name}` === place);
  if (!channel) throw new Error(`There is no channel ${place}.`);
  return `#${user}/${channel.id}`;
}

/** One browser window on the sandbox, with somebody in front of it. */
export class Seat {
  readonly page: Page;
  readonly #url: string;

  constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
  }

  async go(person: Somebody, place: Somewhere): Promise<this> {
    await this.page.goto(`${this.#url}/${address(person, place)}`);
    return this;
  }

  /** The newest message in view that says this and has buttons; a reply that was also sent to the channel has none. */
  card(text: string | RegExp): Locator {
    const buttons = this.page.locator('[data-block-type="actions"]');
    return this.page.getByTestId('message').filter({ hasText: text }).filter({ has: buttons }).last();
  }

  /** What only this person sees. */
  whisper(text: string | RegExp): Locator {
    return this.page.getByTestId('ephemeral').filter({ hasText: text }).last();
  }

  async press(within: Locator, action: string): Promise<void> {
    await within.locator(`[data-action-id="${action}"]`).first().click();
  }

  /** Presses a button that asks back, and says yes. */
  async pressAndConfirm(within: Locator, action: string): Promise<void> {
    await this.press(within, action);
    await this.page.getByTestId('confirm-ok').click();
  }

  get modal(): Locator {
    return this.page.getByTestId('modal');
  }

  /** An input of the open modal, by its block. */
  field(block: string): Locator {
    return this.modal.locator(`[data-block-id="${block}"]`).locator('input, textarea').first();
  }

  /** Chooses in a select of the open modal. */
  async choose(block: string, value: string): Promise<void> {
    const control = this.modal.locator(`[data-block-id="${block}"] [data-action-id]`).first();
    const action = await control.getAttribute('data-action-id');
    await control.click();
    await this.page.locator(`[data-menu-of="${action}"] [data-option-value="${value}"]`).click();
  }

  async submit(): Promise<void> {
    await this.page.getByTestId('modal-submit').click();
  }

  async openThread(card: Locator): Promise<Locator> {
    await card.getByTestId('open-thread').click();
    return this.page.getByTestId('thread-pane');
  }
}

/** Resolves once the locator shows this text. */
export async function shows(locator: Locator, text: string | RegExp): Promise<void> {
  await locator.filter({ hasText: text }).first().waitFor();
}

export async function gone(locator: Locator): Promise<void> {
  await locator.waitFor({ state: 'detached' });
}
