//! A moment by the calendar: how `gmtime` and `localtime` split seconds, and how `mktime` puts them together.

use std::sync::Arc;

use parking_lot::Mutex;
use tz::TimeZone;

/// The fields of `struct_time`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moment {
    /// The year, 2026 for example.
    pub year: i64,
    /// The month, from 1.
    pub month: i64,
    /// The day of the month, from 1.
    pub day: i64,
    /// The hour.
    pub hour: i64,
    /// The minute.
    pub minute: i64,
    /// The second; 60 and 61 are leap seconds.
    pub second: i64,
    /// The day of the week, from 0 for Monday.
    pub weekday: i64,
    /// The day of the year, from 1.
    pub yearday: i64,
    /// 1 for summer time, 0 for none, -1 where it is not known.
    pub is_dst: i64,
    /// The name of the time zone.
    pub zone: String,
    /// By how many seconds the zone is ahead of UTC.
    pub offset: i64,
}

const DAY: i64 = 86_400;

/// Returns the number of days from 1970-01-01 to a day of the Gregorian calendar. The month is 1 to 12; the day may lie
/// outside of it.
pub fn days_of(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March, so that the leap day is the last one.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Returns the year, month and day of a number of days since 1970-01-01.
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

impl Moment {
    /// Splits seconds since the epoch, in UTC.
    pub fn utc(seconds: i64) -> Moment {
        Moment::in_zone(seconds, 0, 0, "UTC")
    }

    /// Splits seconds since the epoch, in the local time zone.
    pub fn local(seconds: i64) -> Moment {
        let zone = local_zone();
        match zone.find_local_time_type(seconds) {
            Ok(kind) => Moment::in_zone(
                seconds,
                kind.ut_offset().into(),
                i64::from(kind.is_dst()),
                kind.time_zone_designation(),
            ),
            Err(_) => Moment::utc(seconds),
        }
    }

    fn in_zone(seconds: i64, offset: i64, is_dst: i64, zone: &str) -> Moment {
        let zone = if zone.is_empty() { "UTC" } else { zone };
        let here = seconds.saturating_add(offset);
        let (days, of_day) = (here.div_euclid(DAY), here.rem_euclid(DAY));
        let (year, month, day) = date_of(days);
        Moment {
            year,
            month,
            day,
            hour: of_day / 3600,
            minute: of_day / 60 % 60,
            second: of_day % 60,
            weekday: (days + 3).rem_euclid(7),
            yearday: days - days_of(year, 1, 1) + 1,
            is_dst,
            zone: zone.to_owned(),
            offset,
        }
    }

    /// Returns the seconds since the epoch of a moment in the local time zone. Fields beyond their bounds carry over.
    pub fn seconds(&self) -> i64 {
        let months = self.month - 1;
        let (year, month) = (self.year + months.div_euclid(12), months.rem_euclid(12) + 1);
        let days = days_of(year, month, 1) + self.day - 1;
        let here = days * DAY + self.hour * 3600 + self.minute * 60 + self.second;
        let zone = local_zone();
        let kind_at = |seconds: i64| {
            zone.find_local_time_type(seconds)
                .map_or((0, false), |kind| (i64::from(kind.ut_offset()), kind.is_dst()))
        };
        // The offset of a moment near by, then the one that holds at the moment itself.
        let (near, near_is_dst) = kind_at(here);
        let (mut offset, mut is_dst) = kind_at(here - near);
        // Clocks that are put forward skip some moments: those count as before.
        if kind_at(here - offset).0 != offset {
            (offset, is_dst) = (near, near_is_dst);
        }
        let seconds = here - offset;
        if self.is_dst < 0 || is_dst == (self.is_dst > 0) {
            return seconds;
        }
        // It is given in the other kind of time: the offset is that of the nearest season which has it.
        let step = 7 * DAY;
        let other = (1..=60).flat_map(|weeks| [seconds - weeks * step, seconds + weeks * step]).map(kind_at);
        other.into_iter().find(|(_, other)| *other != is_dst).map_or(seconds, |(offset, _)| here - offset)
    }
}

/// The local time zone, once it was asked for.
static LOCAL: Mutex<Option<Arc<TimeZone>>> = Mutex::new(None);

fn local_zone() -> Arc<TimeZone> {
    LOCAL.lock().get_or_insert_with(|| Arc::new(read_zone(super::zone_variable().as_deref()))).clone()
}

/// Reads the zone that `TZ` names, or else that of the machine; UTC if there is none.
fn read_zone(name: Option<&str>) -> TimeZone {
    let read = match name {
        Some("") => return TimeZone::utc(),
        Some(name) => TimeZone::from_posix_tz(name),
        None => TimeZone::local(),
    };
    read.unwrap_or_else(|_| TimeZone::utc())
}

/// Reads the zone anew, because `TZ` has changed.
pub fn forget_zone() {
    *LOCAL.lock() = None;
}

/// What the module says of the zone: by how many seconds it lies behind UTC, without and with summer time, whether it
/// has summer time, and the names of both times.
pub struct ZoneFacts {
    /// `timezone` and `altzone`.
    pub behind: [i64; 2],
    /// `daylight`.
    pub has_summer: bool,
    /// `tzname`.
    pub names: [String; 2],
}

/// Finds out what the module says of the zone, as CPython does: in January and in July of this year.
pub fn zone_facts(now: i64) -> ZoneFacts {
    let start = now - now.rem_euclid(365 * DAY + DAY / 4);
    let (january, july) = (Moment::local(start), Moment::local(start + 365 * DAY / 2));
    let [winter, summer] = if january.offset <= july.offset { [january, july] } else { [july, january] };
    ZoneFacts {
        behind: [-winter.offset, -summer.offset],
        has_summer: winter.offset != summer.offset,
        names: [winter.zone, summer.zone],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for days in (-800_000..800_000).step_by(17) {
            let (year, month, day) = date_of(days);
            assert_eq!(days_of(year, month, day), days);
        }
        assert_eq!(date_of(0), (1970, 1, 1));
        assert_eq!(date_of(-1), (1969, 12, 31));
        assert_eq!(date_of(11_016), (2000, 2, 29));
    }
}
