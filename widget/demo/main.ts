import { createCart } from './cart.ts';
import { embedChat, engage, installStub } from './embed.ts';
import { pageAt } from './pages.ts';

const SHOP_NAME = 'Lindholm';

function start(main: HTMLElement, cartLink: HTMLElement): void {
  const cart = createCart((changed) => {
    cartLink.textContent = changed.count === 0 ? 'Cart' : `Cart (${changed.count})`;
    engage('track', 'cart', changed.total);
    if (location.hash === '#/cart') show();
  });
  const show = () => {
    const page = pageAt(location.hash, cart);
    document.title = `${page.title} · ${SHOP_NAME}`;
    main.replaceChildren(...page.content);
  };
  window.addEventListener('hashchange', () => {
    if (!location.hash.startsWith('#/') && location.hash !== '') return;
    show();
    window.scrollTo(0, 0);
    main.focus({ preventScroll: true });
  });
  show();
}

const main = document.querySelector('main');
const cartLink = document.getElementById('cart-link');
if (main !== null && cartLink !== null) start(main, cartLink);
document.getElementById('ask')?.addEventListener('click', () => engage('open'));
installStub();
void embedChat();
