import type { Connection, Tx } from './connection.ts';
import type { Workspace } from './port.ts';

/** The Slack workspace whose people and messages the ledger knows; the first that is told stays. */
export function workspaceOver(connection: Connection): (tx: Tx, workspace: Workspace) => Workspace {
  const known = connection.one<Workspace>('SELECT team, name FROM workspace');
  const remember = connection.write('INSERT INTO workspace (id, team, name) VALUES (1, ?, ?)');
  return (tx, workspace) => {
    const before = known();
    if (before) return before;
    remember(tx, workspace.team, workspace.name);
    return workspace;
  };
}
