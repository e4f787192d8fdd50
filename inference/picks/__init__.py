"""Which films are worth a curator's time: chosen by a job, stored as rows that the desk reads."""
