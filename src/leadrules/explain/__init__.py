"""Why a lead has its score and labels, what it lacks, and what time will change."""
