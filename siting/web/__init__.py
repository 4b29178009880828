"""The planner's dashboard: all Streamlit code, thin over the engine."""
