/** What the sample shop and the sample systems sell at first, in EUR. */
export type Good = {
  sku: string;
  handle: string;
  product: string;
  /** What tells it from the product's other variants; null where it is the only one. */
  variant: string | null;
  price: string;
  stock: number;
};

function good(sku: string, product: string, variant: string | null, price: string, stock: number): Good {
  return {
    sku,
    handle: product.toLowerCase().replaceAll(/[^a-z0-9]+/gu, '-'),
    product,
    variant,
    price,
    stock,
  };
}

export const GOODS: readonly Good[] = [
  good('MUG-STONE-350', 'Stoneware mug', '350 ml', '12.90', 420),
  good('MUG-STONE-500', 'Stoneware mug', '500 ml', '15.90', 260),
  good('BOWL-STONE-M', 'Stoneware bowl', 'medium', '18.00', 180),
  good('PLATE-STONE-27', 'Stoneware plate', '27 cm', '21.00', 150),
  good('LIN-SHIRT-WHT-S', 'Linen shirt', 'white, S', '49.90', 140),
  good('LIN-SHIRT-WHT-M', 'Linen shirt', 'white, M', '49.90', 212),
  good('LIN-SHIRT-NVY-M', 'Linen shirt', 'navy, M', '49.90', 190),
  good('BEACH-TOTE-STR', 'Beach tote', 'striped', '24.90', 95),
  good('STRAW-HAT-01', 'Straw hat', null, '19.90', 38),
  good('SANDAL-TAN-39', 'Leather sandals', 'tan, 39', '79.00', 60),
  good('SUN-TOWEL-XL', 'Sun towel', 'XL', '34.50', 110),
];

/** Second choice, sold at the outlet only. */
export const SECONDS: readonly Good[] = [
  good('MUG-STONE-350-2ND', 'Stoneware mug, second choice', '350 ml', '12.90', 60),
  good('MUG-STONE-500-2ND', 'Stoneware mug, second choice', '500 ml', '15.90', 45),
];
