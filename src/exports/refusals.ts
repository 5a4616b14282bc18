/**
 * Every expected "no" (house rule 5): a code, the sentence a person reads, the HTTP status.
 * Sentences say what to do next. `{name}` is filled from the refusal's facts.
 */
export const REFUSALS = {
  not_found: { http: 404, text: 'There is no export {export_id}. Check the id.' },
  already_decided: {
    http: 409,
    text: 'This was already {status} by {who}. Nothing changed; the card shows the outcome.',
  },
  already_signed_by_you: {
    http: 409,
    text: 'You have already accepted this. It now waits for {waiting}.',
  },
  step_already_signed: {
    http: 409,
    text: '{who} has already signed the {role} step. It now waits for {waiting}.',
  },
  stale_version: {
    http: 409,
    text: 'This export has changed since you opened it ({what}). Look at the current values, then decide.',
  },
  unknown_person: {
    http: 403,
    text: 'Meshline does not know this Slack account. Ask an operator to add you (your Slack e-mail address) to the people in meshline.yml.',
  },
  inactive_person: {
    http: 403,
    text: 'Your account is deactivated in the Meshline directory. Ask an operator if that is wrong.',
  },
  not_allowed: { http: 403, text: 'You cannot {verb} this one. {allowed} can.' },
  own_request: {
    http: 403,
    text: 'You asked for this export, so two other people must accept it. It waits for {allowed}.',
  },
  second_human_needed: {
    http: 403,
    text: 'You signed the first step, so someone else must sign this one: {allowed}.',
  },
  out_of_order: { http: 409, text: 'The {role} step comes first. It waits for {allowed}.' },
  locked: {
    http: 409,
    text: '{who} is reviewing this and has another {left}. Wait, or press Review and take it over.',
  },
  returned: {
    http: 409,
    text: '{who} has sent this back for changes. It waits for new values from {requester}.',
  },
  nothing_to_undo: {
    http: 409,
    text: 'There is nothing to undo: {why}',
  },
  not_editable: {
    http: 422,
    text: 'These values cannot be edited here: {fields}. Request changes instead, and say what is wrong.',
  },
  cannot_take_out: { http: 409, text: 'These SKUs cannot be taken out: {why}' },
  nothing_changed: { http: 422, text: 'Nothing was changed, so there is nothing to save.' },
  cannot_take_it: { http: 422, text: '{who} cannot take this over: {why}' },
  no_task: { http: 404, text: 'There is no task {task}. `/exports tasks` lists the open ones.' },
  task_closed: { http: 409, text: 'This task was closed already{who}. Nothing is left to do.' },
  not_yours_to_change: { http: 403, text: 'You cannot {what}. {allowed} can.' },
  bad_period: { http: 422, text: 'This time does not work: {why}. Choose a later end.' },
  cannot_cover: { http: 422, text: '{who} cannot cover for {whom}: {why}' },
  cannot_back_up: { http: 422, text: '{who} cannot be the backup: {why}' },
  cannot_hold: { http: 422, text: 'This does not work for {who} and the role {role}: {why}' },
  cannot_be_on_call: { http: 422, text: 'On-call stays as it is: {why}' },
  nothing_to_change: { http: 409, text: '{why}, so there is nothing to change.' },
  alias_taken: {
    http: 409,
    text: '{system} already knows {other} as “{alias}”. Each SKU has a name of its own there: correct one of the two.',
  },
  alias_unusable: { http: 422, text: '“{alias}” cannot be mapped for {system}: {why}' },
  not_paged: { http: 409, text: 'On-call has not been paged for this, so there is nothing to acknowledge.' },
  not_waiting: {
    http: 409,
    text: 'This export is {status}, so there is nothing to {verb}.',
  },
  stale_refused: {
    http: 409,
    text: 'The {group} data is {age} old and may be at most {limit}. Ask {source} to send it again; the card updates by itself.',
  },
  stale_refetching: {
    http: 409,
    text: 'The {group} data is {age} old and may be at most {limit}. {source} has been asked for fresh values; try again when the card has updated.',
  },
  stale_needs_confirmation: {
    http: 409,
    text: 'The {group} data is {age} old (limit {limit}). Confirm that you accept it all the same.',
  },
  safety_checks_waiting: {
    http: 409,
    text: 'The safety checks are still running: a sample write and a test order on {systems}. They take moments, and the card shows the result by itself.',
  },
  safety_checks_failed: {
    http: 409,
    text: 'The safety checks on {system} failed at “{step}”: {problem} Put that right and press Run again, or ask {allowed} to override them with a reason.',
  },
  cannot_override: {
    http: 403,
    text: 'Safety checks are overridden by members of operations and engineering, and never by whoever asked for the export. {allowed} can.',
  },
  reason_required: { http: 422, text: 'Say why in a few words, so that the requester knows what to change.' },
  still_invalid: { http: 422, text: 'It still has problems: {problems}' },
  not_an_owner: { http: 422, text: '{who} cannot own this: {why}' },
  nothing_to_redeliver: {
    http: 409,
    text: 'Nothing of this export has failed, so there is nothing to send again.',
  },
  newer_exists: {
    http: 409,
    text: 'A newer export of the same thing has arrived since, so sending this one would put an older value over a newer one.',
  },
  no_campaign: {
    http: 404,
    text: 'There is no campaign {campaign}. `/promo` lists those there are.',
  },
  campaign_exists: {
    http: 409,
    text: 'There is a campaign {campaign} already. Choose another name, or change its brief.',
  },
  brief_invalid: { http: 422, text: 'The brief is not right yet: {problems}' },
  brief_stale: {
    http: 409,
    text: 'The brief has changed since you opened it: you saw version {seen}, the present one is {present}. Look at it again.',
  },
  campaign_not_so: {
    http: 409,
    text: 'The campaign {campaign} is {status}, so you cannot {verb}. {what}.',
  },
  no_conflict: { http: 409, text: 'Nobody disputes this any more, so there is nothing to answer.' },
  claim_open: {
    http: 409,
    text: 'The {what} belongs to the campaign {campaign}. {who} has been asked; wait for the answer, or take it out of the brief.',
  },
  claim_refused: {
    http: 409,
    text: 'The {what} belongs to the campaign {campaign}, and it is not shared. Take it out of the brief, or talk to {who}.',
  },
  price_unknown: {
    http: 422,
    text: 'The present price of {skus} is not known, so it could not be put back. Add it to the product list.',
  },
  resume_elsewhere: {
    http: 409,
    text: 'It stands still because of {why}. It goes on when that is resolved on its own card.',
  },
  still_closing: {
    http: 409,
    text: 'The values of {campaign} are being put back. Wait until that is done.',
  },
  drifted: {
    http: 409,
    text: '{n} prices have been changed since the promo began, so putting the old ones back would overwrite that: {difference}.',
  },
  no_rollout: {
    http: 409,
    text: 'This export is {status} and is not going out in stages, so there is nothing to {verb}.',
  },
  rollout_moved: {
    http: 409,
    text: 'Stage {seen} is over; the rollout is at stage {stage} now. Look at the card, then decide.',
  },
  rollout_waits: { http: 409, text: 'Nothing changes: {why}' },
  cannot_roll_back: {
    http: 409,
    text: 'Exports of this type cannot be taken back by Meshline. Send the former values as an export of their own.',
  },
  conflict: {
    http: 409,
    text: 'The idempotency key {key} was already used with another body. Send the change under a new key.',
  },
  bad_request: { http: 400, text: '{detail}' },
  bad_signature: {
    http: 401,
    text: 'The signature does not verify. Sign "id.timestamp.body" with the secret of the source in Meshline-Source, with a clock within five minutes.',
  },
  hook_not_genuine: {
    http: 401,
    text: 'This is no genuine webhook of a source that takes them here. Check the address, the secret of the source and the clock.',
  },
  replayed: {
    http: 401,
    text: 'This webhook-id was already used with another body. Every delivery needs its own id.',
  },
  too_large: { http: 413, text: 'The body is larger than {limit}. Send it in smaller parts, or as NDJSON.' },
  unsupported_media_type: {
    http: 415,
    text: 'Send application/json for one export or application/x-ndjson for many.',
  },
  too_many_requests: {
    http: 429,
    text: 'Too many requests are waiting. Try again in {seconds} seconds with the same keys.',
  },
  unavailable: {
    http: 503,
    text: 'Meshline cannot store exports right now ({why}). Nothing was taken; try again in {seconds} seconds.',
  },
} as const satisfies Record<string, { http: number; text: string }>;

export type RefusalCode = keyof typeof REFUSALS;

/** A named refusal with the facts its sentence needs. */
export type Refusal = { refused: RefusalCode; facts: Readonly<Record<string, string>> };

export function refuse(code: RefusalCode, facts: Record<string, string> = {}): Refusal {
  return { refused: code, facts };
}

export function isRefusal(value: object): value is Refusal {
  return 'refused' in value;
}

/** The sentence a person reads. A fact that is missing would show as its braces: a test forbids it. */
export function sentence(refusal: Refusal): string {
  return REFUSALS[refusal.refused].text.replace(
    /\{(\w+)\}/g,
    (whole, name: string) => refusal.facts[name] ?? whole,
  );
}
