import type { Product } from './catalogue.ts';

export interface CartLine {
  readonly product: Product;
  readonly quantity: number;
}

/** What the visitor wants to buy; it lives as long as the page. */
export interface Cart {
  readonly lines: readonly CartLine[];
  readonly count: number;
  /** In whole euros. */
  readonly total: number;
  add(product: Product): void;
  remove(product: Product): void;
}

/** @param onChange called after every change */
export function createCart(onChange: (cart: Cart) => void): Cart {
  let lines: readonly CartLine[] = [];
  const set = (product: Product, quantity: number) => {
    const others = lines.filter((line) => line.product.id !== product.id);
    lines = quantity > 0 ? [...others, { product, quantity }] : others;
    onChange(cart);
  };
  const quantityOf = (product: Product) =>
    lines.find((line) => line.product.id === product.id)?.quantity ?? 0;
  const cart: Cart = {
    get lines() {
      return lines;
    },
    get count() {
      return lines.reduce((sum, { quantity }) => sum + quantity, 0);
    },
    get total() {
      return lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0);
    },
    add: (product) => set(product, quantityOf(product) + 1),
    remove: (product) => set(product, quantityOf(product) - 1),
  };
  return cart;
}
