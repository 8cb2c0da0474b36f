import blanket from './images/blanket.svg?url';
import chair from './images/chair.svg?url';
import clock from './images/clock.svg?url';
import lamp from './images/lamp.svg?url';
import mug from './images/mug.svg?url';
import plant from './images/plant.svg?url';

export interface Product {
  readonly id: string;
  readonly name: string;
  /** In whole euros. */
  readonly price: number;
  readonly image: string;
  readonly summary: string;
  readonly details: readonly string[];
}

export const PRODUCTS: readonly Product[] = [
  {
    id: 'mug',
    name: 'Stoneware mug',
    price: 18,
    image: mug,
    summary: 'Holds 35 cl and keeps the coffee warm while you read the news.',
    details: ['Glazed stoneware, 35 cl', 'Dishwasher and microwave safe', 'Made in small series'],
  },
  {
    id: 'lamp',
    name: 'Table lamp Vega',
    price: 89,
    image: lamp,
    summary: 'A linen shade on an oak foot, for a warm light by the sofa.',
    details: ['Linen and oiled oak', 'E27, at most 40 W', 'Height 46 cm, cord 2 m'],
  },
  {
    id: 'chair',
    name: 'Dining chair Ask',
    price: 149,
    image: chair,
    summary: 'Light enough to lift with one hand, and sturdy enough for a long dinner.',
    details: ['Solid ash, wool seat', 'Seat height 45 cm', 'Carries up to 120 kg'],
  },
  {
    id: 'plant',
    name: 'Rubber plant in pot',
    price: 34,
    image: plant,
    summary: 'Forgives a missed watering. The clay pot is included.',
    details: ['Height about 50 cm', 'Bright place without direct sun', 'Water once a week'],
  },
  {
    id: 'blanket',
    name: 'Wool blanket',
    price: 110,
    image: blanket,
    summary: 'Soft lambswool for the first cold evenings of the year.',
    details: ['Pure lambswool, 130 by 180 cm', 'Wash by hand', 'Woven in Sweden'],
  },
  {
    id: 'clock',
    name: 'Wall clock Tid',
    price: 59,
    image: clock,
    summary: 'A quiet movement: it tells the time and nothing else.',
    details: ['Lacquered steel, 30 cm', 'Silent movement', 'One AA battery, included'],
  },
];

/** The product with this id, if there is one. */
export function findProduct(id: string): Product | undefined {
  return PRODUCTS.find((product) => product.id === id);
}

/** An amount of whole euros as text. */
export function price(amount: number): string {
  return new Intl.NumberFormat('en-IE', {
    style: 'currency',
    currency: 'EUR',
    maximumFractionDigits: 0,
  }).format(amount);
}
