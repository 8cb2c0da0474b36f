import type { Cart, CartLine } from './cart.ts';
import type { Product } from './catalogue.ts';
import { findProduct, PRODUCTS, price } from './catalogue.ts';
import { el } from './dom.ts';

/** A page of the shop: its title, and what is on it. */
export interface Page {
  readonly title: string;
  readonly content: readonly Node[];
}

function card(product: Product): HTMLElement {
  const { id, name, image } = product;
  return el(
    'li',
    { class: 'card' },
    el(
      'a',
      { href: `#/product/${id}` },
      el('img', { src: image, alt: '', width: 320, height: 240 }),
      el('span', { class: 'card-name' }, name),
      el('span', { class: 'card-price' }, price(product.price)),
    ),
  );
}

function listPage(): Page {
  const intro = el('p', { class: 'lead' }, 'Made to be used every day, and to be mended when they break.');
  const list = el('ul', { class: 'grid' }, ...PRODUCTS.map(card));
  return { title: 'Things for the home', content: [el('h1', {}, 'Things for the home'), intro, list] };
}

function productPage(product: Product, cart: Cart): Page {
  const added = el('p', { class: 'added' });
  added.setAttribute('role', 'status');
  const addToCart = () => {
    cart.add(product);
    added.replaceChildren('In your cart. ', el('a', { href: '#/cart' }, 'Go to the cart'));
  };
  const text = el(
    'div',
    { class: 'product-text' },
    el('h1', {}, product.name),
    el('p', { class: 'price' }, price(product.price)),
    el('p', {}, product.summary),
    el('ul', {}, ...product.details.map((detail) => el('li', {}, detail))),
    el('button', { type: 'button', class: 'buy', onClick: addToCart }, 'Add to cart'),
    added,
  );
  const picture = el('img', { src: product.image, alt: product.name, width: 320, height: 240 });
  return { title: product.name, content: [el('div', { class: 'product' }, picture, text)] };
}

function cartRow({ product, quantity }: CartLine, cart: Cart): HTMLElement {
  const remove = el(
    'button',
    { type: 'button', class: 'text-button', onClick: () => cart.remove(product) },
    `Remove one ${product.name}`,
  );
  return el(
    'li',
    { class: 'cart-row' },
    el('img', { src: product.image, alt: '', width: 80, height: 60 }),
    el('span', { class: 'cart-name' }, `${product.name} × ${quantity}`),
    el('span', {}, price(product.price * quantity)),
    remove,
  );
}

function cartPage(cart: Cart): Page {
  const heading = el('h1', {}, 'Your cart');
  if (cart.count === 0) {
    const empty = el('p', {}, 'It is empty. ', el('a', { href: '#/' }, 'Look at the products'));
    return { title: 'Cart', content: [heading, empty] };
  }
  const rows = el('ul', { class: 'cart' }, ...cart.lines.map((line) => cartRow(line, cart)));
  const total = el('p', { class: 'total' }, `Total: ${price(cart.total)}`);
  return { title: 'Cart', content: [heading, rows, total] };
}

function deliveryPage(): Page {
  const paragraphs = [
    'Orders placed before noon leave the same day and take two to four working days.',
    'Delivery is free from 80 euros, otherwise it costs 6 euros.',
    'You may return anything within 60 days. Write to us in the chat and we send you a label.',
  ];
  return {
    title: 'Delivery and returns',
    content: [el('h1', {}, 'Delivery and returns'), ...paragraphs.map((text) => el('p', {}, text))],
  };
}

/** The page that an address such as `#/product/mug` names; the list of products for an unknown one. */
export function pageAt(hash: string, cart: Cart): Page {
  const [, name, id] = hash.replace(/^#/, '').split('/');
  const product = name === 'product' && id !== undefined ? findProduct(id) : undefined;
  if (product !== undefined) return productPage(product, cart);
  if (name === 'cart') return cartPage(cart);
  return name === 'delivery' ? deliveryPage() : listPage();
}
