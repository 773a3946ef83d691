import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What an agent can do, and how well: from 1 (a little) to 5 (an expert). */
@Entity('agent_skill')
export class AgentSkillRow {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  agent_id: string;

  @Column('text')
  skill: string;

  @Column('smallint')
  level: number;
}
