import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Boot } from '../ui-contract.ts';
import { Avatar } from './avatar.ts';
import { cls, html } from './html.ts';
import { Icon } from './icons.ts';
import { Mrkdwn } from './mrkdwn-view.ts';
import { become, go } from './place.ts';
import { findChannel, findPerson, read, useStore, write } from './store.ts';
import { useViewer } from './viewer.ts';

type Step = NonNullable<Boot['tour']>['steps'][number];

/** Channels may be named by id or by name, and "home" and "sinks" are places too. */
function travel(step: Step, boot: Boot): void {
  const user = step.as ?? read().user;
  const name = step.channel?.replace(/^#/, '');
  if (name === 'home') go({ kind: 'app', tab: 'home' }, user);
  else if (name === 'sinks') go({ kind: 'sinks' }, user);
  else if (name) {
    const channel = findChannel(boot, name) ?? boot.channels.find((one) => one.name === name);
    become(user, channel ? { kind: 'channel', id: channel.id, thread: null } : undefined);
  } else become(user);
}

export function Tour(): VNode | null {
  const { boot } = useViewer();
  const open = useStore((from) => from.tourOpen);
  const [at, setAt] = useState(0);
  const [folded, setFolded] = useState(() => window.matchMedia('(max-width: 700px)').matches);
  const tour = boot.tour;
  if (!tour || !open || tour.steps.length === 0) return null;
  return html`<aside class=${cls('tour', folded && 'folded')} data-testid="tour" aria-label=${tour.title}>
    <header>
      <${Icon} name="compass" />
      <h2><button type="button" class="tour-title" aria-expanded=${folded ? 'false' : 'true'} onClick=${() => setFolded(!folded)}>${tour.title}</button></h2>
      <span class="muted tour-count">${at + 1}/${tour.steps.length}</span>
      <button type="button" class="icon-btn" aria-label="Dismiss the tour" data-testid="tour-dismiss" onClick=${() => write({ tourOpen: false })}><${Icon} name="close" /></button>
    </header>
    ${
      folded
        ? null
        : html`<ol>
            ${tour.steps.map((step, index) => {
              const person = step.as ? findPerson(boot, step.as) : undefined;
              return html`<li key=${index} class=${cls(index === at && 'now', index < at && 'done')} data-tour-step=${index}>
                <span class="tour-number">${index < at ? html`<${Icon} name="check" size=${13} />` : index + 1}</span>
                <div class="tour-text">
                  <${Mrkdwn} text=${step.text} />
                  ${
                    step.as || step.channel
                      ? html`<button
                          type="button"
                          class=${cls('btn small', index === at && 'primary')}
                          data-testid="tour-go"
                          onClick=${() => {
                            setAt(index);
                            if (window.matchMedia('(max-width: 700px)').matches) setFolded(true);
                            travel(step, boot);
                          }}
                        >
                          ${person ? html`<${Avatar} id=${person.id} size=${16} />` : null}
                          <span class="btn-text">Take me there${person ? ` as ${person.real_name.split(' ')[0]}` : ''}</span>
                        </button>`
                      : null
                  }
                </div>
              </li>`;
            })}
          </ol>`
    }
  </aside>`;
}
