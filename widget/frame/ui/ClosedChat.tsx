import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { LIMITS } from '../../../shared/limits.ts';
import type { ClosedBy } from '../../../shared/protocol/index.ts';
import type { ChatState, Conversation } from '../core/state.ts';
import type { Translate } from '../i18n/index.ts';
import { useLanguage } from './hooks.ts';
import { StarIcon } from './icons.tsx';

const SCORES = [1, 2, 3, 4, 5] as const;

interface ClosedChatProps {
  readonly conversation: Conversation;
  readonly rating: ChatState['rating'];
  onRate(score: number, comment: string): void;
  onNewChat(): void;
}

/** Who ended the chat, in words. */
export function endedText(closedBy: ClosedBy | undefined, t: Translate): string {
  if (closedBy === 'visitor') return t('endedByYou');
  return t(closedBy === 'agent' ? 'endedByAgent' : 'ended');
}

function Stars({ score, onScore }: { score: number; onScore: (score: number) => void }): VNode {
  const { t } = useLanguage();
  return (
    <fieldset class="stars">
      <legend>{t('rateQuestion')}</legend>
      <div class="stars-row">
        {SCORES.map((value) => (
          <label key={value} class={value <= score ? 'star chosen' : 'star'}>
            <input
              type="radio"
              name="score"
              value={value}
              checked={value === score}
              aria-label={t('rateScore', { score: value })}
              onChange={() => onScore(value)}
            />
            <StarIcon />
          </label>
        ))}
      </div>
      <div class="stars-ends" aria-hidden="true">
        <span>{t('rateWorst')}</span>
        <span>{t('rateBest')}</span>
      </div>
    </fieldset>
  );
}

function Rating({ rating, onRate }: Pick<ClosedChatProps, 'rating' | 'onRate'>): VNode {
  const { t } = useLanguage();
  const [score, setScore] = useState(0);
  const [comment, setComment] = useState('');
  if (rating === 'sent') return <p class="thanks">{t('rateThanks')}</p>;
  return (
    <form
      class="rating"
      onSubmit={(event) => {
        event.preventDefault();
        if (score > 0) onRate(score, comment);
      }}
    >
      <Stars score={score} onScore={setScore} />
      {score > 0 && (
        <>
          <label class="comment">
            <span>{t('rateComment')}</span>
            <textarea
              rows={2}
              maxLength={LIMITS.ratingCommentLength}
              value={comment}
              onInput={(event) => setComment(event.currentTarget.value)}
            />
          </label>
          {rating === 'failed' && (
            <p class="field-error" role="alert">
              {t('rateFailed')}
            </p>
          )}
          <button type="submit" class="button primary" disabled={rating === 'sending'}>
            {t('rateSend')}
          </button>
        </>
      )}
    </form>
  );
}

/** What is left to do after a chat: rate it, or start another one. */
export function ClosedChat({ conversation, rating, onRate, onNewChat }: ClosedChatProps): VNode {
  const { t } = useLanguage();
  const section = useRef<HTMLElement>(null);
  useEffect(() => section.current?.focus({ preventScroll: true }), []);
  return (
    <section ref={section} class="closed" tabIndex={-1} aria-labelledby="ended">
      <h2 id="ended">{endedText(conversation.closedBy, t)}</h2>
      <Rating rating={rating} onRate={onRate} />
      <button type="button" class="button plain" onClick={onNewChat}>
        {t('newChat')}
      </button>
    </section>
  );
}
