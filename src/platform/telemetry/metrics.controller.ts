import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { OwnGuard } from '../access/access.decorators';
import { Metrics } from './metrics';
import { MetricsGuard } from './metrics.guard';

/** For Prometheus. */
@ApiTags('Metrics')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  /**
   * What the process measures of itself
   * @remarks In the text format of Prometheus: requests by route, the event relay, process and runtime.
   */
  @OwnGuard('METRICS_TOKEN as a bearer token, or an admin')
  @UseGuards(MetricsGuard)
  @ApiProduces('text/plain')
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @Get()
  scrape(): Promise<string> {
    return this.metrics.text();
  }
}
