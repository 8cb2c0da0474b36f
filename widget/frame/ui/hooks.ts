import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { Language } from '../i18n/index.ts';
import { ENGLISH, loadLanguage, pickLocale } from '../i18n/index.ts';

interface Observable<T> {
  readonly state: T;
  subscribe(listener: (state: T) => void): () => void;
}

/** The state of the moment; the component is drawn anew when it changes. */
export function useObserved<T>(source: Observable<T>): T {
  const [state, setState] = useState(source.state);
  useEffect(() => {
    setState(source.state);
    return source.subscribe((next) => setState(next));
  }, [source]);
  return state;
}

export const LanguageContext = createContext<Language>(ENGLISH);

/** The words to show. */
export function useLanguage(): Language {
  return useContext(LanguageContext);
}

/** The site's language if we speak it, else the browser's, else English. */
export function useSiteLanguage(siteLocale: string | undefined): Language {
  const [language, setLanguage] = useState(ENGLISH);
  useEffect(() => {
    let wanted = true;
    const wished = [...(siteLocale === undefined ? [] : [siteLocale]), ...navigator.languages];
    void loadLanguage(pickLocale(wished)).then((loaded) => {
      if (!wanted) return;
      document.documentElement.lang = loaded.locale;
      setLanguage(loaded);
    });
    return () => {
      wanted = false;
    };
  }, [siteLocale]);
  return language;
}
