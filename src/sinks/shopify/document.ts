import { z } from 'zod';

/** A GraphQL document and the form of its answer. */
export type Document<Data> = {
  name: string;
  text: string;
  /** It changes something, so a lost answer leaves the outcome unknown. */
  writes: boolean;
  /** About what Shopify asks for it before it runs, in points of the cost budget. */
  cost: number;
  answer: z.ZodType<Data>;
};

export function query<Data>(
  name: string,
  text: string,
  cost: number,
  answer: z.ZodType<Data>,
): Document<Data> {
  return { name, text, writes: false, cost, answer };
}

const UserErrors = z.array(
  z.object({
    code: z.string().nullish(),
    message: z.string(),
    field: z.array(z.string()).nullish(),
  }),
);

const MUTATION_COST = 20;

/** A document with one mutation, named `result` in the answer. */
export function mutation<Shape extends z.ZodRawShape>(name: string, text: string, shape: Shape) {
  const result = z.object({ ...shape, userErrors: UserErrors });
  const answer = z.object({ result });
  return { name, text, writes: true, cost: MUTATION_COST, answer };
}
