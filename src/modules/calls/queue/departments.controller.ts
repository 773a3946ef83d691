import { Controller, Get, Param, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../../platform/access/access.decorators';
import type { Actor } from '../../../platform/access/actor';
import { ApiErrors } from '../../../platform/http/api-errors';
import { Input, QueryOrBody } from '../../../platform/http/input.decorator';
import { DepartmentNotFound } from '../calls.errors';
import { DepartmentReply, DepartmentsReply, departmentView } from './department.view';
import { Departments } from './departments';
import { ChangeDepartment } from './departments.dto';

@ApiTags('Departments')
@Controller('api/calls/departments')
export class DepartmentsController {
  constructor(private readonly departments: Departments) {}

  /** List the departments and how they answer */
  @Get()
  @Allow(['agent', 'user'], 'calls:read')
  async list(): Promise<DepartmentsReply> {
    const departments = (await this.departments.list()).map(departmentView);
    return {
      success: true,
      departments,
      count: departments.length,
      next_cursor: null,
      timestamp: new Date().toISOString(),
    };
  }

  /** Change how a department answers: opening hours, holidays, limits, overflow, targets */
  @Patch(':department')
  @Allow(['admin'], 'calls:write')
  @QueryOrBody(ChangeDepartment)
  @ApiErrors(DepartmentNotFound)
  async change(
    @CurrentActor() actor: Actor,
    @Param('department') name: string,
    @Input() input: ChangeDepartment,
  ): Promise<DepartmentReply> {
    const setting = await this.departments.change(actor, name, input);
    return { success: true, department: departmentView(setting), timestamp: new Date().toISOString() };
  }
}
