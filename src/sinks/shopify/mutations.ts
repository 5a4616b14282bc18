import { z } from 'zod';
import { mutation } from './document.ts';

const ERRORS = 'userErrors { code message field }';
/** Payloads whose `userErrors` have no code. */
const PLAIN_ERRORS = 'userErrors { message field }';

const Id = z.object({ id: z.string() });

/** One product at a time; all of its variants change or none does. */
export const SetPrices = mutation(
  'SetPrices',
  `mutation SetPrices($product: ID!, $variants: [ProductVariantsBulkInput!]!) {
    result: productVariantsBulkUpdate(productId: $product, variants: $variants, allowPartialUpdates: false) {
      productVariants { id price compareAtPrice }
      ${ERRORS}
    }
  }`,
  { productVariants: z.array(Id).nullish() },
);

export const SetStock = mutation(
  'SetStock',
  `mutation SetStock($input: InventorySetQuantitiesInput!, $key: String!) {
    result: inventorySetQuantities(input: $input) @idempotent(key: $key) {
      inventoryAdjustmentGroup { id }
      ${ERRORS}
    }
  }`,
  { inventoryAdjustmentGroup: Id.nullish() },
);

export const MoveStock = mutation(
  'MoveStock',
  `mutation MoveStock($input: InventoryAdjustQuantitiesInput!, $key: String!) {
    result: inventoryAdjustQuantities(input: $input) @idempotent(key: $key) {
      inventoryAdjustmentGroup { id }
      ${ERRORS}
    }
  }`,
  { inventoryAdjustmentGroup: Id.nullish() },
);

function switching(name: string, method: 'Automatic' | 'Code', verb: 'Activate' | 'Deactivate') {
  const node = method === 'Automatic' ? 'automaticDiscountNode' : 'codeDiscountNode';
  return mutation(
    name,
    `mutation ${name}($id: ID!) {
    result: discount${method}${verb}(id: $id) { node: ${node} { id } ${ERRORS} }
  }`,
    { node: Id.nullish() },
  );
}

export const StartAutomatic = switching('StartAutomatic', 'Automatic', 'Activate');
export const StopAutomatic = switching('StopAutomatic', 'Automatic', 'Deactivate');
export const StartCode = switching('StartCode', 'Code', 'Activate');
export const StopCode = switching('StopCode', 'Code', 'Deactivate');

/** Field, argument and input type of the mutation that changes a discount, by the type of the discount. */
const SCHEDULES = {
  DiscountAutomaticBasic: ['automaticBasicDiscount', 'DiscountAutomaticBasicInput'],
  DiscountAutomaticBxgy: ['automaticBxgyDiscount', 'DiscountAutomaticBxgyInput'],
  DiscountAutomaticFreeShipping: ['freeShippingAutomaticDiscount', 'DiscountAutomaticFreeShippingInput'],
  DiscountAutomaticApp: ['automaticAppDiscount', 'DiscountAutomaticAppInput'],
  DiscountCodeBasic: ['basicCodeDiscount', 'DiscountCodeBasicInput'],
  DiscountCodeBxgy: ['bxgyCodeDiscount', 'DiscountCodeBxgyInput'],
  DiscountCodeFreeShipping: ['freeShippingCodeDiscount', 'DiscountCodeFreeShippingInput'],
  DiscountCodeApp: ['codeAppDiscount', 'DiscountCodeAppInput'],
} as const;

function scheduling(type: string, [argument, input]: readonly [string, string]) {
  const name = `Schedule${type.replace('Discount', '')}`;
  const field = `${type.replace('D', 'd')}Update`;
  return mutation(
    name,
    `mutation ${name}($id: ID!, $schedule: ${input}!) {
    result: ${field}(id: $id, ${argument}: $schedule) { ${ERRORS} }
  }`,
    {},
  );
}

/** Sets `startsAt` and `endsAt` of a discount, by its `__typename`. */
export const SetSchedule: ReadonlyMap<string, ReturnType<typeof scheduling>> = new Map(
  Object.entries(SCHEDULES).map(([type, names]) => [type, scheduling(type, names)]),
);

/** Deletes what its lists leave out, so it only ever makes or remakes a preview of ours. */
export const StageProduct = mutation(
  'StageProduct',
  `mutation StageProduct($handle: String!, $input: ProductSetInput!) {
    result: productSet(identifier: { handle: $handle }, input: $input, synchronous: true) {
      product { id handle status onlineStorePreviewUrl }
      ${ERRORS}
    }
  }`,
  { product: Id.extend({ onlineStorePreviewUrl: z.string().nullable() }).nullish() },
);

export const ChangeProduct = mutation(
  'ChangeProduct',
  `mutation ChangeProduct($product: ProductUpdateInput!, $media: [CreateMediaInput!]) {
    result: productUpdate(product: $product, media: $media) { product { id status } ${PLAIN_ERRORS} }
  }`,
  { product: Id.nullish() },
);

export const PublishProduct = mutation(
  'PublishProduct',
  `mutation PublishProduct($id: ID!, $input: [PublicationInput!]!) {
    result: publishablePublish(id: $id, input: $input) { ${PLAIN_ERRORS} }
  }`,
  {},
);

export const DetachMedia = mutation(
  'DetachMedia',
  `mutation DetachMedia($files: [FileUpdateInput!]!) {
    result: fileUpdate(files: $files) { files { id } ${ERRORS} }
  }`,
  {},
);

export const SetWeight = mutation(
  'SetWeight',
  `mutation SetWeight($id: ID!, $input: InventoryItemInput!) {
    result: inventoryItemUpdate(id: $id, input: $input) { inventoryItem { id } ${PLAIN_ERRORS} }
  }`,
  { inventoryItem: Id.nullish() },
);

/** At most 25 at once; all of them or none. */
export const SetMetafields = mutation(
  'SetMetafields',
  `mutation SetMetafields($metafields: [MetafieldsSetInput!]!) {
    result: metafieldsSet(metafields: $metafields) { metafields { id } ${ERRORS} }
  }`,
  {},
);

const Return = z.object({ id: z.string(), name: z.string() });

export const OpenReturn = mutation(
  'OpenReturn',
  `mutation OpenReturn($input: ReturnInput!) {
    result: returnCreate(returnInput: $input) { return { id name } ${ERRORS} }
  }`,
  { return: Return.nullish() },
);

export const RequestReturn = mutation(
  'RequestReturn',
  `mutation RequestReturn($input: ReturnRequestInput!) {
    result: returnRequest(input: $input) { return { id name } ${ERRORS} }
  }`,
  { return: Return.nullish() },
);

export const ShipOrder = mutation(
  'ShipOrder',
  `mutation ShipOrder($fulfillment: FulfillmentInput!) {
    result: fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { id } ${PLAIN_ERRORS} }
  }`,
  { fulfillment: Id.nullish() },
);

export const MakeDraftOrder = mutation(
  'MakeDraftOrder',
  `mutation MakeDraftOrder($input: DraftOrderInput!) {
    result: draftOrderCreate(input: $input) { draftOrder { id } ${PLAIN_ERRORS} }
  }`,
  { draftOrder: Id.nullish() },
);

export const DropDraftOrder = mutation(
  'DropDraftOrder',
  `mutation DropDraftOrder($id: ID!) {
    result: draftOrderDelete(input: { id: $id }) { deletedId ${PLAIN_ERRORS} }
  }`,
  { deletedId: z.string().nullish() },
);
