import type { ToFrame } from '../bridge/messages.ts';

const SCROLL_REPORT_EVERY_MS = 2_000;
const IDLE_AFTER_MS = 60_000;
/** The event that rules know an intent to leave by: `event.exit_intent.count`. */
const EXIT_INTENT = 'exit_intent';
/** Only for browsers without the Navigation API: how often the address is compared. */
const ADDRESS_CHECK_EVERY_MS = 1_000;

type Report = (message: ToFrame) => void;
type Stop = () => void;

function listen(target: EventTarget, types: readonly string[], handler: () => void): Stop {
  for (const type of types) target.addEventListener(type, handler, { passive: true, capture: true });
  return () => {
    for (const type of types) target.removeEventListener(type, handler, { capture: true });
  };
}

/** The Navigation API, where the browser has it; not in every DOM typing yet. */
function navigationOf(page: Window): EventTarget | undefined {
  const navigation: unknown = Reflect.get(page, 'navigation');
  return navigation instanceof EventTarget ? navigation : undefined;
}

/**
 * Calls back whenever the address changes, also when the page does it by script. `history` is the page's
 * own, so it is not patched: browsers without the Navigation API are asked every second.
 */
function watchAddress(onChange: () => void): Stop {
  let last = location.href;
  const check = () => {
    if (location.href === last) return;
    last = location.href;
    onChange();
  };
  const stopEvents = listen(window, ['popstate', 'hashchange'], check);
  const navigation = navigationOf(window);
  if (navigation !== undefined) {
    const stopNavigation = listen(navigation, ['currententrychange'], check);
    return () => {
      stopEvents();
      stopNavigation();
    };
  }
  const timer = setInterval(check, ADDRESS_CHECK_EVERY_MS);
  return () => {
    stopEvents();
    clearInterval(timer);
  };
}

/** Deepest point of the page that has been in view, in percent; a page that fits the window counts as 100. */
function scrollDepth(): number {
  const { scrollHeight } = document.documentElement;
  if (scrollHeight <= window.innerHeight) return 100;
  return Math.min(100, Math.round((100 * (window.scrollY + window.innerHeight)) / scrollHeight));
}

function watchScroll(report: Report): { stop: Stop; reset: () => void } {
  let deepest = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const measure = () => {
    timer = undefined;
    const depth = scrollDepth();
    if (depth <= deepest) return;
    deepest = depth;
    report({ type: 'activity', scrollDepth: depth });
  };
  const measureSoon = () => {
    timer ??= setTimeout(measure, SCROLL_REPORT_EVERY_MS);
  };
  const stopListening = listen(window, ['scroll'], measureSoon);
  const stopMeasuring = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  // What is in view without scrolling is seen too.
  measureSoon();
  const reset = () => {
    stopMeasuring();
    deepest = 0;
    measureSoon();
  };
  return {
    reset,
    stop: () => {
      stopMeasuring();
      stopListening();
    },
  };
}

function watchIdle(report: Report): Stop {
  let idle = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const become = (next: boolean) => {
    if (idle === next) return;
    idle = next;
    report({ type: 'activity', idle });
  };
  const wake = () => {
    become(false);
    clearTimeout(timer);
    timer = setTimeout(() => become(true), IDLE_AFTER_MS);
  };
  const stop = listen(window, ['pointerdown', 'pointermove', 'keydown', 'scroll', 'focus'], wake);
  wake();
  return () => {
    stop();
    clearTimeout(timer);
  };
}

/**
 * Tells once a page that the pointer left through the top edge, towards the tabs or the address: who is about to
 * go. A pointer that enters an embedded frame leaves the document too, but not through the top.
 */
function watchExit(report: Report): { stop: Stop; reset: () => void } {
  let told = false;
  const left = (event: MouseEvent) => {
    if (told || event.relatedTarget !== null || event.clientY > 0) return;
    told = true;
    report({ type: 'track', name: EXIT_INTENT });
  };
  document.addEventListener('mouseout', left, { passive: true });
  return {
    stop: () => document.removeEventListener('mouseout', left),
    reset: () => {
      told = false;
    },
  };
}

/** Reports the page shown now and every later one, how far it was scrolled, whether anybody is there or about to go. */
export function watchPage(report: Report): Stop {
  let referrer = document.referrer;
  let settle: ReturnType<typeof setTimeout> | undefined;
  const scroll = watchScroll(report);
  const exit = watchExit(report);
  const view = () => {
    report({ type: 'page', url: location.href, title: document.title, referrer });
    referrer = location.href;
  };
  const stopAddress = watchAddress(() => {
    scroll.reset();
    exit.reset();
    // Applications set the title just after the address: wait one turn of their rendering.
    clearTimeout(settle);
    settle = setTimeout(view, 100);
  });
  const stopIdle = watchIdle(report);
  view();
  return () => {
    clearTimeout(settle);
    stopAddress();
    stopIdle();
    exit.stop();
    scroll.stop();
  };
}
