import type { Action, Situation, Who } from './world.ts';

/**
 * The table of who may do what, written from the promises and not from the code: the owner's step is
 * for the owner, their cover, and the backup once escalated (at once when the owner asked for it);
 * the other step is for every holder of its role; nobody signs twice or their own two-step request.
 */
export function may(who: Who, action: Action, on: Situation): boolean {
  if (who === 'stranger' || who === 'deactivated') return false;
  const { status, gate, signed } = on;
  const two = gate === 'two_step';
  const asked = on.requestedBy === who;
  const lockFree = on.lockedBy === 'nobody' || on.lockedBy === who;
  const ownRequest = two && on.requestedBy === 'owner';
  const ownerSide =
    who === 'owner' ||
    (who === 'cover' && on.covered) ||
    (who === 'backup' && (on.escalated || (ownRequest && !on.covered) || ownRequest));
  const secondSide = two && !asked && ['secondOwner', 'secondMate', 'bothRoles'].includes(who);
  const joined = on.escalated && (who === 'backup' || who === 'secondMate');
  const holdsTrouble = who === 'troubleOwner';
  const decides = ownerSide || secondSide || joined;
  const settles = ['owner', ...(on.covered ? ['cover'] : [])].includes(who) || joined || holdsTrouble;
  switch (action) {
    case 'accept': {
      if (status !== 'pending' || on.returned || !lockFree || (two && asked)) return false;
      if (signed === who || (signed === 'bothRoles as second' && who === 'bothRoles')) return false;
      const firstOpen = signed !== 'owner';
      const secondOpen = two && signed !== 'secondOwner' && signed !== 'bothRoles as second';
      return (ownerSide && firstOpen) || (secondSide && secondOpen);
    }
    case 'reject':
      if (status === 'quarantined') return who === 'remedy' || settlesOwn(who, on, joined);
      if (status === 'pending') return decides && lockFree;
      return (status === 'paused' || status === 'failed') && (decides || holdsTrouble);
    case 'request_changes':
      return status === 'pending' && decides && lockFree;
    case 'withdraw':
      return asked && ['pending', 'accepted', 'quarantined', 'paused', 'failed'].includes(status);
    case 'undo': {
      const signers = {
        nobody: '',
        owner: 'owner',
        'bothRoles as second': 'bothRoles',
        secondOwner: 'secondOwner',
      };
      return status === 'accepted' && (decides || asked || signers[signed] === who);
    }
    case 'reassign':
      if (status !== 'pending' && status !== 'paused' && status !== 'failed') return false;
      return (
        ['owner', 'cover', 'roleMate', 'bothRoles', 'onCall'].includes(who) ||
        joined ||
        (holdsTrouble && status !== 'pending')
      );
    case 'redeliver':
      return status === 'failed' && settles;
    case 'resume':
      return status === 'paused' && settles;
    case 'acknowledge': {
      if (!on.escalated || !['pending', 'paused', 'quarantined'].includes(status)) return false;
      return (
        who === 'onCall' ||
        who === 'owner' ||
        joined ||
        (who === 'cover' && on.covered) ||
        (holdsTrouble && status === 'paused')
      );
    }
  }
}

function settlesOwn(who: Who, on: Situation, joined: boolean): boolean {
  return who === 'owner' || joined || (who === 'cover' && on.covered);
}
