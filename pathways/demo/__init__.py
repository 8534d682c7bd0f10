"""
The demonstration tenant: synthetic clinics with every kind of recovery course, seeded.

It writes rows as the clinics' own patients and staff would have; scores, curves, tracks and alerts are the ETL's.
"""
