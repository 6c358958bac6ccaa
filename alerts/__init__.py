"""Who must know now: stories become alerts, alerts become notices, notices reach their receivers."""
