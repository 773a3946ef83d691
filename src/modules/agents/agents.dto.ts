import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsISO8601,
  IsNumber,
  IsObject,
  IsOptional,
  IsUUID,
  Matches,
  Max,
  Min,
  registerDecorator,
  ValidateNested,
} from 'class-validator';
import { PageQuery } from '../../platform/http/page';
import { BlankIsAbsent, BlankIsNull, CommaList, IsText, Trimmed } from '../../platform/http/text';
import { AGENT_STATUSES, type AgentStatus, readAgentStatus } from './agent-status';
import { SKILL_LEVELS } from './agent.entity';

/** A word that names a department, a skill or a language: `sales`, `heat_pumps`, `en-GB`. */
export const WORD = /^[a-z0-9][a-z0-9_-]{0,49}$/i;
const word = { message: '$property must consist of words of letters, digits, _ and -' };
const MOST_WORDS = 50;
const LONGEST_HOURS = 5000;

const asStatus = Transform(({ value }) => (typeof value === 'string' ? (readAgentStatus(value) ?? value) : value));
const asBoolean = Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value));
const asNumber = Transform(({ value }) =>
  typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value,
);
const lowerWords = Transform(({ value }) =>
  Array.isArray(value) ? value.map((part) => (typeof part === 'string' ? part.toLowerCase() : part)) : value,
);

/** Which agents to list. */
export class ListAgents extends PageQuery {
  /**
   * Only agents in this status.
   * @example "available"
   */
  @IsOptional()
  @BlankIsAbsent()
  @asStatus
  @IsIn(AGENT_STATUSES)
  status?: AgentStatus;

  /**
   * Only agents who work for this department; those who work for all are among them.
   * @example "sales"
   */
  @IsOptional()
  @BlankIsAbsent()
  @Matches(WORD, word)
  department?: string;

  /**
   * Free text: every word must occur in the name, e-mail, agent number or dialer name.
   * @example "sara"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(100)
  search?: string;

  /**
   * Disabled agents are listed only when asked for with `false`.
   * @example true
   */
  @IsOptional()
  @asBoolean
  @IsBoolean()
  is_active?: boolean;
}

/** The status wanted. */
export class SetAgentStatus {
  /**
   * `available`, `busy`, `on_break` (also `break`, `away`) or `offline`. The others follow from calls: 409.
   * @example "on_break"
   */
  @asStatus
  @IsIn(AGENT_STATUSES, { message: 'status must be one of available, busy, on_break, offline' })
  status: AgentStatus;

  /** @example "lunch" */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(200)
  reason?: string;
}

/** What an agent may change of his own profile. */
export class ChangeProfile {
  /** @example ["en", "ar"] */
  @IsOptional()
  @CommaList()
  @IsArray()
  @ArrayMaxSize(MOST_WORDS)
  @IsText(50, 1, { each: true })
  languages?: string[];

  /** @example ["solar"] */
  @IsOptional()
  @CommaList()
  @IsArray()
  @ArrayMaxSize(MOST_WORDS)
  @IsText(100, 1, { each: true })
  specializations?: string[];

  /**
   * His hours, by day; kept as sent, at most 5,000 characters of JSON.
   * @example {"monday": ["09:00", "17:00"]}
   */
  @IsOptional()
  @IsObject()
  @IsSmallJson()
  working_hours?: Record<string, unknown>;

  /** @example true */
  @IsOptional()
  @asBoolean
  @IsBoolean()
  use_ai_assistance?: boolean;

  /**
   * Suggestions below it are not shown; from 0 to 1.
   * @example 0.8
   */
  @IsOptional()
  @asNumber
  @IsNumber({ maxDecimalPlaces: 2 })
  @Min(0)
  @Max(1)
  ai_confidence_threshold?: number;

  /** @example "homeai-standard" */
  @IsOptional()
  @Trimmed()
  @IsText(100, 1)
  preferred_ai_model?: string;
}

/** A skill and how well it is mastered. */
export class AgentSkillInput {
  /** @example "arabic" */
  @Transform(({ value }) => (typeof value === 'string' ? value.trim().toLowerCase() : value))
  @Matches(WORD, word)
  skill: string;

  /**
   * From 1 (a little) to 5 (an expert).
   * @example 4
   */
  @IsInt()
  @Min(1)
  @Max(5)
  level: number;
}

/** What an admin may change of an agent. */
export class ChangeAgent {
  /** @example "Sara Hassan" */
  @IsOptional()
  @Trimmed()
  @IsText(200, 1)
  name?: string;

  /** @example "sara@example.com" */
  @IsOptional()
  @BlankIsNull()
  @IsEmail()
  @IsText(254)
  email?: string | null;

  /** @example "+966501234567" */
  @IsOptional()
  @BlankIsNull()
  @IsText(64)
  phone?: string | null;

  /**
   * His name in the dialer; no two agents have the same.
   * @example "CalebG"
   */
  @IsOptional()
  @BlankIsNull()
  @IsText(100)
  dialer_user_id?: string | null;

  /**
   * None means all.
   * @example ["sales"]
   */
  @IsOptional()
  @CommaList()
  @lowerWords
  @IsArray()
  @ArrayMaxSize(MOST_WORDS)
  @ArrayUnique()
  @Matches(WORD, { each: true, ...word })
  departments?: string[];

  /** @example "Morning" */
  @IsOptional()
  @BlankIsNull()
  @IsText(100)
  team?: string | null;

  /** @example false */
  @IsOptional()
  @asBoolean
  @IsBoolean()
  is_supervisor?: boolean;

  /**
   * A disabled agent goes offline, after his call if he has one, and is offered nothing.
   * @example true
   */
  @IsOptional()
  @asBoolean
  @IsBoolean()
  is_active?: boolean;

  /** @example 1 */
  @IsOptional()
  @asNumber
  @IsInt()
  @Min(1)
  @Max(20)
  max_concurrent_calls?: number;

  /** All his skills; those not named are dropped. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST_WORDS)
  @ArrayUnique((entry: AgentSkillInput | null) => entry?.skill)
  @ValidateNested({ each: true })
  @Type(() => AgentSkillInput)
  skills?: AgentSkillInput[];

  /** @example "intermediate" */
  @IsOptional()
  @IsIn(SKILL_LEVELS)
  skill_level?: (typeof SKILL_LEVELS)[number];

  /** @example ["en", "ar"] */
  @IsOptional()
  @CommaList()
  @IsArray()
  @ArrayMaxSize(MOST_WORDS)
  @IsText(50, 1, { each: true })
  languages?: string[];

  /** @example ["solar"] */
  @IsOptional()
  @CommaList()
  @IsArray()
  @ArrayMaxSize(MOST_WORDS)
  @IsText(100, 1, { each: true })
  specializations?: string[];

  /** @example "2024-03-01" */
  @IsOptional()
  @BlankIsNull()
  @Matches(/^(19|20)\d{2}-\d{2}-\d{2}$/, { message: '$property must be a date such as 2024-03-01' })
  @IsISO8601({ strict: true })
  hired_date?: string | null;

  /**
   * The subscriber whose seat he takes.
   * @example null
   */
  @IsOptional()
  @BlankIsNull()
  @IsUUID()
  owner_user_id?: string | null;
}

/** A new agent; `name` is required. */
export class CreateAgent extends ChangeAgent {
  /**
   * The account he signs in with, if he has one.
   * @example "0190d6a4-6f5e-7cc3-98c4-dc0c0c07398f"
   */
  @IsOptional()
  @BlankIsNull()
  @IsUUID()
  user_id?: string | null;
}

/** An object whose JSON is short and can be stored. */
function IsSmallJson(): PropertyDecorator {
  return (target, propertyKey) =>
    registerDecorator({
      name: 'isSmallJson',
      target: target.constructor,
      propertyName: propertyKey as string,
      validator: {
        validate: (value: unknown) => {
          try {
            const text = JSON.stringify(value);
            return text.length <= LONGEST_HOURS && !/\\u(0000|d[89a-f])/i.test(text);
          } catch {
            return false;
          }
        },
        defaultMessage: () => `$property must be at most ${LONGEST_HOURS} characters of JSON`,
      },
    });
}
