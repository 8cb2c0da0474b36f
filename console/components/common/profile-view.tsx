import type { WireProfile } from '../../../shared/protocol/index.ts';
import { formatTime } from './format.ts';
import styles from './profile-view.module.css';
import { RedactedText } from './redacted-text.tsx';

/** Pages beyond this are left out of the list; the newest are shown. */
const PAGES_SHOWN = 30;

/** What is known of a visitor in one conversation. */
export function ProfileView({ profile }: { readonly profile: WireProfile }) {
  const pages = profile.pages.slice(-PAGES_SHOWN).reverse();
  return (
    <div className={styles.profile}>
      <Facts title="Before the chat" facts={Object.entries(profile.prechat)} />
      <Facts title="Profile" facts={Object.entries(profile.fields)} />
      <Facts title="Visit" facts={originFacts(profile)} />
      {pages.length > 0 && (
        <section>
          <h3 className={styles.title}>Pages</h3>
          <ol className={styles.pages}>
            {pages.map((page) => (
              <li key={`${page.at}${page.url}`}>
                <time dateTime={page.at}>{formatTime(page.at)}</time>
                <span>
                  <span className={styles.pageTitle}>
                    <RedactedText text={page.title ?? page.url} />
                  </span>
                  {page.title !== undefined && (
                    <span className={styles.url}>
                      <RedactedText text={page.url} />
                    </span>
                  )}
                </span>
              </li>
            ))}
          </ol>
        </section>
      )}
    </div>
  );
}

function originFacts({ referrer, ratingComment }: WireProfile): [string, string][] {
  const facts: [string, string | undefined][] = [
    ['Came from', referrer],
    ['Said with the rating', ratingComment],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== '');
}

function Facts({ title, facts }: { readonly title: string; readonly facts: readonly [string, string][] }) {
  if (facts.length === 0) return null;
  return (
    <section>
      <h3 className={styles.title}>{title}</h3>
      <dl className={styles.facts}>
        {facts.map(([key, value]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>
              <RedactedText text={value} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
