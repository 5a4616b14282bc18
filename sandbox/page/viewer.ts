/** What every text needs to be drawn for one person: names, their zone, the time. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Boot } from '../ui-contract.ts';

export type Viewer = { boot: Boot; user: string; tz: string; now: number };

export const ViewerContext = createContext<Viewer>({
  boot: {
    team: { id: '', name: '' },
    people: [],
    channels: [],
    usergroups: [],
    app: { id: '', name: '', bot_user_id: '', connected: false },
    commands: [],
    shortcuts: [],
    now: 0,
    tour: null,
  },
  user: '',
  tz: 'UTC',
  now: 0,
});

export const useViewer = (): Viewer => useContext(ViewerContext);
