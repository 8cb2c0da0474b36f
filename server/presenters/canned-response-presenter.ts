import type { WireCannedResponse } from '../../shared/protocol/index.ts';
import type { CannedResponse } from '../domain/index.ts';
import { iso } from './iso.ts';

export function presentCannedResponse(response: CannedResponse): WireCannedResponse {
  const { id, shortcut, text, tags, departmentId } = response;
  return {
    ...{ id, shortcut, text, tags },
    ...(departmentId !== undefined && { departmentId }),
    createdAt: iso(response.createdAt),
    updatedAt: iso(response.updatedAt),
  };
}
