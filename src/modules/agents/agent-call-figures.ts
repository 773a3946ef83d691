import { Injectable } from '@nestjs/common';
import type { Reader } from '../../platform/database/database';

/** What an agent's calls add up to; what has no source is null. */
export interface CallFigures {
  performance: {
    total_calls: number;
    successful_calls: number;
    success_rate: number;
    average_call_duration: number;
    customer_satisfaction: number | null;
  } | null;
  today_performance: {
    calls: number;
    completed: number;
    avg_talk_time: number;
    satisfaction: number | null;
  } | null;
  recent_calls: Record<string, unknown>[];
}

/** Knows an agent's calls; the calls room provides it. */
export interface CallFiguresSource {
  figuresOf(reader: Reader, agentId: string): Promise<CallFigures>;
}

/** Where the calls room registers, so that this room need not know it. Without it the figures are null. */
@Injectable()
export class AgentCallFigures {
  private source: CallFiguresSource | undefined;

  use(source: CallFiguresSource): void {
    this.source = source;
  }

  async of(reader: Reader, agentId: string): Promise<CallFigures> {
    return (
      (await this.source?.figuresOf(reader, agentId)) ?? {
        performance: null,
        today_performance: null,
        recent_calls: [],
      }
    );
  }
}
