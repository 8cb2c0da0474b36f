export { type Invitation, invitationOf, isHeldOut, unitHash, variantFor } from './assignment.ts';
export { checkRule } from './check-rule.ts';
export { type CompiledRuleSet, compileRuleSet } from './compile.ts';
export {
  type Comparison,
  changesBetween,
  compareRuleSets,
  type InvitationDifference,
} from './diff.ts';
export { advance, applyEvent, explain, worldMatters } from './engine.ts';
export { newVisitor } from './live-facts.ts';
export * from './model.ts';
export {
  type Recording,
  SIMULATED_DECISIONS_MAX,
  type Simulation,
  simulate,
  type WorldEvent,
} from './simulate.ts';
export { ageMemory } from './slots.ts';
export { VisitorState } from './state.ts';
export { Timer, TimerWheel } from './timer-wheel.ts';
export { scoreParts } from './trace.ts';
export { type Proportion, shareOf, upliftOf } from './uplift.ts';
export { ZoneClock } from './zone-clock.ts';
