import { array, boolean, byType, type Check, isRecord, object, oneOf, string } from './issues.ts';

function counted(check: Check): Check {
  return (value, at, issues) => {
    if (isRecord(value) && typeof value.text === 'string') issues.textLength += value.text.length;
    check(value, at, issues);
  };
}

function plainObject(max: number): Check {
  return object({ type: oneOf('plain_text'), text: string(max) }, { emoji: boolean });
}

function mrkdwnObject(max: number): Check {
  return object({ type: oneOf('mrkdwn'), text: string(max) }, { verbatim: boolean });
}

/** A `plain_text` object; Slack refuses `mrkdwn` here. */
export const plain = (max: number): Check => counted(byType({ plain_text: plainObject(max) }));

/** A `plain_text` or `mrkdwn` object. */
export const anyText = (max: number): Check =>
  counted(byType({ plain_text: plainObject(max), mrkdwn: mrkdwnObject(max) }));

export const confirm: Check = object(
  { title: plain(100), text: anyText(300), confirm: plain(30), deny: plain(30) },
  { style: oneOf('primary', 'danger') },
);

const optionFields = { value: string(75), description: plain(75) };

/** An option of a select: plain text only, with a value. */
export const option: Check = object({ text: plain(75), value: optionFields.value }, optionFields);

/** An option of checkboxes or radio buttons: `mrkdwn` is allowed. */
export const choice: Check = object(
  { text: anyText(75), value: optionFields.value },
  { description: anyText(75) },
);

/** An option of an overflow menu: it may open a link. */
export const menuItem: Check = object(
  { text: plain(75), value: optionFields.value },
  { ...optionFields, url: string(3000) },
);

export const optionGroup: Check = object({ label: plain(75), options: array(option, 1, 100) });
