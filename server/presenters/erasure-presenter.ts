import type {
  WireDataRequest,
  WireErasureCertificate,
  WireLegalHold,
  WireLegalHoldDetail,
} from '../../shared/protocol/index.ts';
import type { DataRequest, ErasureCertificate, LegalHold } from '../domain/index.ts';
import { iso } from './iso.ts';

/** A certificate as a file that can be checked: with the public key that it says it is signed by. */
export function presentCertificate(
  certificate: ErasureCertificate,
  publicKey: string,
): WireErasureCertificate {
  const { id, keyId, statement, signature } = certificate;
  return { id, algorithm: 'Ed25519', keyId, publicKey, statement, signature };
}

/** A hold without the sealed value that it looks for. */
export function presentLegalHold(hold: LegalHold): WireLegalHold {
  const { id, status, scope, reason, placedBy, createdAt, releasedBy, releasedAt } = hold;
  return {
    id,
    status,
    scope,
    reason,
    placedBy,
    placedAt: iso(createdAt),
    ...(releasedBy !== undefined && { releasedBy }),
    ...(releasedAt !== undefined && { releasedAt: iso(releasedAt) }),
  };
}

export function presentLegalHoldDetail(of: {
  hold: LegalHold;
  conversationIds: readonly string[];
  sessionIds: readonly string[];
}): WireLegalHoldDetail {
  return { ...presentLegalHold(of.hold), conversationIds: of.conversationIds, sessionIds: of.sessionIds };
}

export function presentDataRequest(request: DataRequest): WireDataRequest {
  const { id, purpose, scope, status, startedBy, createdAt, finishedAt, certificateId } = request;
  const { scanned, found, held, counts } = request;
  return {
    ...{ id, purpose, scope, status, startedBy, startedAt: iso(createdAt) },
    ...{ scanned, found, held, counts },
    ...(finishedAt !== undefined && { finishedAt: iso(finishedAt) }),
    ...(status === 'done' && certificateId !== undefined && { certificateId }),
  };
}
