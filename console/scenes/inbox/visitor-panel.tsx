import { ActionIcon, CloseButton, TagsInput, TextInput, Tooltip } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { LIMITS } from '../../../shared/limits.ts';
import {
  type ConversationEngagement,
  type Decision,
  INVITED_BY_HAND,
  type WireConversation,
} from '../../../shared/protocol/index.ts';
import { attempt } from '../../components/common/explain.ts';
import { formatDateTime } from '../../components/common/format.ts';
import { ProfileView } from '../../components/common/profile-view.tsx';
import { Failure, Waiting } from '../../components/common/scene.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import type { LiveClient } from '../../live/live-client.ts';
import { TraceView } from '../engagement/trace-view.tsx';
import styles from './inbox.module.css';

/** What is known of the visitor, and what the agent writes on the case. */
export function VisitorPanel(props: {
  readonly live: LiveClient;
  readonly conversation: WireConversation;
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const { live, conversation } = props;
  const { api } = useConsole();
  const { id } = conversation;
  const load = useCallback(() => api.conversations.profile(id), [api, id]);
  const { data, error, loading, reload } = useLoad(load);
  return (
    <aside className={styles.details} aria-label="Visitor details" data-opened={props.opened || undefined}>
      <div className={styles.detailsHead}>
        <h2 className={styles.detailsTitle}>Details</h2>
        <Tooltip label="Read again">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label="Read details again"
            loading={loading}
            onClick={reload}
          >
            <IconRefresh size={16} />
          </ActionIcon>
        </Tooltip>
        <CloseButton className={styles.detailsClose} aria-label="Close details" onClick={props.onClose} />
      </div>
      <CaseForm key={conversation.caseId} live={live} conversation={conversation} />
      <Tags live={live} conversation={conversation} />
      <Fact label="Started">{formatDateTime(conversation.startedAt)}</Fact>
      <Fact label="Erased on">{formatDateTime(conversation.expiresAt)}</Fact>
      <hr className={styles.rule} />
      {error !== undefined && <Failure error={error} retry={reload} />}
      {data === undefined && loading && <Waiting label="Loading the profile" />}
      <WhyInvited engagement={conversation.engagement} decision={data?.profile?.decision} />
      {data?.profile && <ProfileView profile={data.profile} />}
    </aside>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <span className={styles.factLabel}>{label}</span>
      <span>{children}</span>
    </div>
  );
}

/** What the chat comes from: the rule, or the colleague, and why the rule chose this visitor. */
function WhyInvited(props: {
  readonly engagement: ConversationEngagement | undefined;
  readonly decision: Decision | undefined;
}) {
  const { engagement, decision } = props;
  if (engagement === undefined) return null;
  const byHand = engagement.ruleId === INVITED_BY_HAND;
  return (
    <section aria-label="Why invited">
      <Fact label="Invited by">{byHand ? 'an agent' : engagement.ruleName}</Fact>
      {engagement.variant !== undefined && <Fact label="Message">{engagement.variant}</Fact>}
      {decision !== undefined && <TraceView trace={decision.trace} />}
    </section>
  );
}

function CaseForm({
  live,
  conversation,
}: {
  readonly live: LiveClient;
  readonly conversation: WireConversation;
}) {
  const [value, setValue] = useState(conversation.caseId);
  const save = (): void => {
    const caseId = value.trim();
    if (caseId === '') setValue(conversation.caseId);
    else if (caseId !== conversation.caseId) void attempt(() => live.setCaseId(conversation.id, caseId));
  };
  return (
    <TextInput
      label="Case id"
      size="sm"
      maxLength={LIMITS.caseIdLength}
      value={value}
      onChange={(event) => setValue(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save();
        if (event.key === 'Escape') setValue(conversation.caseId);
      }}
    />
  );
}

function Tags({
  live,
  conversation,
}: {
  readonly live: LiveClient;
  readonly conversation: WireConversation;
}) {
  const [tags, setTags] = useState<readonly string[]>(conversation.tags);
  const { tags: told } = conversation;
  useEffect(() => setTags(told), [told]);
  const save = async (next: string[]): Promise<void> => {
    const short = next.map((tag) => tag.trim().slice(0, LIMITS.tagLength)).filter((tag) => tag !== '');
    setTags(short);
    if (!(await attempt(() => live.setTags(conversation.id, short)))) setTags(conversation.tags);
  };
  return (
    <TagsInput
      mt="sm"
      label="Tags"
      size="sm"
      placeholder={tags.length === 0 ? 'Type and press Enter' : ''}
      maxTags={LIMITS.tagsPerConversation}
      value={[...tags]}
      onChange={(next) => void save(next)}
    />
  );
}
