import { exceptionOf, refusal } from '../carriers/errors.ts';
import { readVoidRequest } from '../carriers/label-request.ts';
import type { Found, PushRequest, SinkOutcome } from '../port.ts';
import { failed } from '../shared/ending.ts';
import type { Redact } from '../signing.ts';
import { type Label, Labels, Voided } from './answers.ts';
import type { ShipStation } from './client.ts';
import { VOID_CODES } from './codes.ts';

type Looked = { ok: true; labels: readonly Label[] } | { ok: false; outcome: SinkOutcome };

/** The labels that bear these tracking numbers, each once. */
async function labelsBy(api: ShipStation, numbers: readonly string[]): Promise<Looked> {
  const labels = new Map<string, Label>();
  for (const number of numbers) {
    const path = `/labels?tracking_number=${encodeURIComponent(number)}`;
    const answer = await api.call({ method: 'GET', path, writes: false });
    if (!answer.ok) return { ok: false, outcome: answer.outcome };
    const read = Labels.safeParse(answer.body);
    if (!read.success)
      return { ok: false, outcome: { kind: 'retry', after_ms: null, cause: 'The labels cannot be read.' } };
    if (read.data.labels.length === 0) {
      const message = `ShipStation has no label with the tracking number ${number}.`;
      return { ok: false, outcome: failed('label_void_rejected', message, { tracking_number: number }) };
    }
    for (const label of read.data.labels) labels.set(label.label_id, label);
  }
  return { ok: true, labels: [...labels.values()] };
}

const isVoid = (label: Label) => label.voided || label.status === 'voided';

/** A void is refused inside a success: `approved` decides, and `reason_code` says why. */
async function voidOne(api: ShipStation, id: string, redact: Redact): Promise<SinkOutcome | null> {
  const path = `/labels/${encodeURIComponent(id)}/void`;
  const answer = await api.call({ method: 'PUT', path, writes: true });
  if (!answer.ok) return answer.outcome;
  const read = Voided.safeParse(answer.body);
  if (!read.success) return { kind: 'unknown', cause: 'The answer to the void cannot be read.' };
  const { approved, message = null, reason_code = null } = read.data;
  if (approved) return null;
  const complaints = [{ code: reason_code, message }];
  const code = exceptionOf(complaints, VOID_CODES) ?? 'label_void_rejected';
  return refusal(code, complaints, 200, 'ShipStation did not approve the void.', redact);
}

export function createVoids(api: ShipStation, redact: Redact) {
  return {
    /** Voids what is not void yet, so that a repeat asks for nothing. */
    async push(request: PushRequest): Promise<SinkOutcome> {
      const wanted = readVoidRequest(request);
      if (!wanted.ok) return wanted.outcome;
      const found = await labelsBy(api, wanted.value.tracking_numbers);
      if (!found.ok) return found.outcome;
      for (const { label_id } of found.labels.filter((label) => !isVoid(label))) {
        const refused = await voidOne(api, label_id, redact);
        if (refused) return refused;
      }
      return { kind: 'delivered', reference: found.labels[0]?.label_id ?? null };
    },

    async reconcile(request: PushRequest): Promise<Found> {
      const wanted = readVoidRequest(request);
      if (!wanted.ok) return { kind: 'unknown' };
      const found = await labelsBy(api, wanted.value.tracking_numbers);
      if (!found.ok) return { kind: 'unknown' };
      // Each is looked at again before it is voided: some may be void already.
      return found.labels.every(isVoid)
        ? { kind: 'delivered', reference: found.labels[0]?.label_id ?? null }
        : { kind: 'absent' };
    },
  };
}
