/** The people, channels and user groups a sandbox starts with. */
export type Company = {
  team: { id: string; name: string; domain: string };
  people: Employee[];
  channels: SeedChannel[];
  usergroups: { id: string; handle: string; name: string; users: string[] }[];
};

export type Employee = {
  id: string;
  /** The handle, as in `@priya`. */
  name: string;
  real_name: string;
  email: string;
  title: string;
  /** Department, in the words of Meshline's roles; for seeding a directory, not shown by Slack. */
  role: string;
  tz: string;
  color: string;
  presence: 'active' | 'away';
  /** A guest: Slack's `is_restricted`. */
  guest?: boolean;
  deactivated?: boolean;
};

export type SeedChannel = {
  id: string;
  name: string;
  topic: string;
  kind: 'public' | 'private';
  /** Ids of people, or 'everyone' who is active and no guest. */
  members: string[] | 'everyone';
  /** Whether the app's bot has been invited. */
  bot: boolean;
};

function employee(
  id: string,
  name: string,
  real_name: string,
  title: string,
  role: string,
  tz: string,
  color: string,
  more: Partial<Employee> = {},
): Employee {
  const email = `${name}@northwind.example`;
  return { id, name, real_name, email, title, role, tz, color, presence: 'active', ...more };
}

const people: Employee[] = [
  employee(
    'U01PRIYA',
    'priya',
    'Priya Raman',
    'Marketing ops lead',
    'marketing_ops',
    'America/New_York',
    '#b4637a',
  ),
  employee(
    'U02DANIEL',
    'daniel',
    'Daniel Ortiz',
    'Campaign operations',
    'marketing_ops',
    'America/Chicago',
    '#907aa9',
  ),
  employee(
    'U03MEI',
    'mei',
    'Mei Tanaka',
    'Merchandising lead',
    'merchandising',
    'America/Los_Angeles',
    '#286983',
  ),
  employee(
    'U04JONAS',
    'jonas',
    'Jonas Weber',
    'Merchandiser, homeware',
    'merchandising',
    'Europe/Berlin',
    '#56949f',
  ),
  employee('U05AMARA', 'amara', 'Amara Okafor', 'Logistics lead', 'logistics', 'America/Chicago', '#d7827e'),
  employee(
    'U06LUCAS',
    'lucas',
    'Lucas Silva',
    'Carrier coordinator',
    'logistics',
    'America/Sao_Paulo',
    '#c08a1e',
  ),
  employee(
    'U07HANNAH',
    'hannah',
    'Hannah Lindqvist',
    'Operations lead',
    'operations',
    'Europe/Stockholm',
    '#3e7c59',
  ),
  employee(
    'U08OMAR',
    'omar',
    'Omar Haddad',
    'Returns and fulfilment',
    'operations',
    'Europe/London',
    '#6b7fd7',
    {
      presence: 'away',
    },
  ),
  employee(
    'U09GRACE',
    'grace',
    'Grace Kim',
    'Supply chain lead',
    'supply_chain',
    'America/New_York',
    '#a3517b',
  ),
  employee(
    'U10TOMAS',
    'tomas',
    'Tomáš Novák',
    'Inventory planner',
    'supply_chain',
    'Europe/Prague',
    '#7b8a3a',
  ),
  employee(
    'U11NADIA',
    'nadia',
    'Nadia Rossi',
    'Engineering manager',
    'engineering',
    'Europe/Rome',
    '#4a6fa5',
  ),
  employee('U12ELI', 'eli', 'Eli Brooks', 'Integration engineer', 'engineering', 'America/Denver', '#8d6e63'),
  employee('U13SOFIA', 'sofia', 'Sofia Marin', 'Brand marketer', 'marketer', 'America/New_York', '#c2577a'),
  employee('U14GIL', 'gil', 'Gil Ferreira', 'Agency partner (guest)', 'guest', 'Europe/Lisbon', '#8c8c8c', {
    guest: true,
    email: 'gil@brightside.example',
  }),
  employee(
    'U15VERA',
    'vera',
    'Vera Holt',
    'Former merchandiser',
    'merchandising',
    'America/New_York',
    '#a0a0a0',
    {
      deactivated: true,
      presence: 'away',
    },
  ),
];

const inRole = (...roles: string[]): string[] =>
  people.filter((p) => roles.includes(p.role) && !p.deactivated).map((p) => p.id);

/** "Northwind Goods": a mid-sized shop with every role an export can be routed to. */
export const northwind: Company = {
  team: { id: 'T01NORTHWIND', name: 'Northwind Goods', domain: 'northwind-goods' },
  people,
  channels: [
    {
      id: 'C01GENERAL',
      name: 'general',
      topic: 'Company-wide announcements',
      kind: 'public',
      members: 'everyone',
      bot: false,
    },
    {
      id: 'C02PROMO',
      name: 'promo-approvals',
      topic: 'Promotions waiting for a decision',
      kind: 'public',
      members: [...inRole('marketing_ops', 'merchandising', 'marketer', 'operations'), 'U14GIL'],
      bot: true,
    },
    {
      id: 'C03MERCH',
      name: 'merchandising',
      topic: 'Products, prices, content',
      kind: 'public',
      members: inRole('merchandising', 'marketing_ops', 'marketer'),
      bot: true,
    },
    {
      id: 'C04LOGISTICS',
      name: 'logistics',
      topic: 'Shipments, labels, carriers',
      kind: 'public',
      members: inRole('logistics', 'operations'),
      bot: true,
    },
    {
      id: 'C05OPS',
      name: 'operations',
      topic: 'Orders, returns, fulfilment',
      kind: 'public',
      members: inRole('operations', 'logistics', 'supply_chain', 'engineering'),
      bot: true,
    },
    {
      id: 'C06SUPPLY',
      name: 'supply-chain',
      topic: 'Stock and packaging',
      kind: 'public',
      members: inRole('supply_chain', 'operations'),
      bot: true,
    },
    {
      id: 'C07REMEDY',
      name: 'meshline-remediation',
      topic: 'Exceptions with an owner and a clock',
      kind: 'public',
      members: inRole('operations', 'supply_chain', 'logistics', 'engineering', 'marketing_ops'),
      bot: true,
    },
    {
      id: 'C08ONCALL',
      name: 'on-call',
      topic: 'Incidents',
      kind: 'private',
      members: inRole('engineering', 'operations'),
      bot: true,
    },
  ],
  usergroups: [
    {
      id: 'S01ONCALL',
      handle: 'ops-oncall',
      name: 'Operations on call',
      users: ['U12ELI', 'U07HANNAH'],
    },
  ],
};
